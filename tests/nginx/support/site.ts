// Runs the configuration of nginx/ as a real process, with its own certificate, in its own folder,
// on free ports of this machine.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "../../support/system.ts";
import { WAIT_MS } from "../../support/time-limits.ts";
import type { NginxBinary } from "./nginx-binary.ts";

const SOURCE = path.resolve("nginx");

export interface SiteOptions {
  nginx: NginxBinary;
  /** Template files; by default those of nginx/templates. */
  templates?: string[];
  /** Variables for the templates, besides the ports. */
  variables: Record<string, string>;
  /** Host names in the certificate. */
  names: string[];
}

export interface Site {
  httpsPort: number;
  httpPort: number;
  /** The self-signed certificate, as PEM. */
  ca: string;
  /** The access log so far. */
  accessLog(): string;
  /** The output of nginx so far. */
  output(): string;
  /** The webroot folder for certbot's challenge files. */
  acmeFolder: string;
  stop(): Promise<void>;
}

/** Renders the configuration, starts nginx with it, and waits until it accepts connections. */
export async function startSite(options: SiteOptions): Promise<Site> {
  const {
    nginx,
    variables,
    names,
    templates = templatesOf(path.join(SOURCE, "templates")),
  } = options;
  const [httpsPort = 0, httpPort = 0] = await freePorts(2);
  const folder = mkdtempSync(path.join(tmpdir(), "taiga-mcp-nginx-"));
  const acmeFolder = path.join(folder, "acme");
  for (const name of ["conf.d", "tls", "run", "acme/.well-known/acme-challenge"]) {
    mkdirSync(path.join(folder, name), { recursive: true });
  }
  const ca = makeCertificate(path.join(folder, "tls"), names);
  const render = (text: string): string =>
    toOlderSyntax(
      nginx,
      fill(text, {
        ...variables,
        NGINX_HTTPS_PORT: `127.0.0.1:${httpsPort}`,
        NGINX_HTTP_PORT: `127.0.0.1:${httpPort}`,
      }),
    )
      .replaceAll("/dev/stdout", path.join(folder, "access.log"))
      .replaceAll("/var/www/acme", acmeFolder);
  cpSync(path.join(SOURCE, "snippets"), path.join(folder, "snippets"), { recursive: true });
  rewrite(path.join(folder, "snippets/plain-http.conf"), render);
  writeFileSync(
    path.join(folder, "nginx.conf"),
    render(readFileSync(path.join(SOURCE, "nginx.conf"), "utf8")),
  );
  for (const template of templates) {
    const name = path.basename(template, ".template");
    writeFileSync(path.join(folder, "conf.d", name), render(readFileSync(template, "utf8")));
  }

  const child = spawn(
    nginx.path,
    ["-p", `${folder}/run/`, "-c", `${folder}/nginx.conf`, "-e", "stderr", ...asRoot()],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  }
  const kill = (): boolean => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.off("exit", kill);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  for (const end = Date.now() + WAIT_MS; Date.now() < end && child.exitCode === null;) {
    if (await isOpen(httpsPort)) {
      return {
        httpsPort,
        httpPort,
        ca,
        acmeFolder,
        accessLog: () => readFileSync(path.join(folder, "access.log"), "utf8"),
        output: () => output,
        stop,
      };
    }
    await sleep(20);
  }
  await stop();
  throw new Error(`nginx did not start:\n${output}`);
}

/** The `*.template` files of a folder, in the order nginx reads them. */
export const templatesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".template"))
    .toSorted()
    .map((name) => path.join(folder, name));

/** Replaces only the given variables, as the image does with envsubst. */
function fill(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`a template needs ${name}`);
    return value;
  });
}

/** Before 1.25.1, HTTP/2 was a parameter of `listen`. */
const toOlderSyntax = (nginx: NginxBinary, text: string): string =>
  nginx.hasHttp2Directive
    ? text
    : text.replaceAll(/^\s*http2 on;\n/gm, "").replaceAll(/^(\s*listen [^;]* ssl)/gm, "$1 http2");

/** Only root may set a user; by default its workers could not read root's folder. */
const asRoot = (): string[] => (process.getuid?.() === 0 ? ["-g", "user root root;"] : []);

function rewrite(file: string, render: (text: string) => string): void {
  writeFileSync(file, render(readFileSync(file, "utf8")));
}

function makeCertificate(folder: string, names: string[]): string {
  const certificate = path.join(folder, "fullchain.pem");
  const command = [
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2",
    `-subj /CN=${names[0]} -addext subjectAltName=${names.map((name) => `DNS:${name}`).join(",")}`,
    `-keyout ${path.join(folder, "privkey.pem")} -out ${certificate}`,
  ].join(" ");
  execFileSync("openssl", command.split(" "), { stdio: "pipe" });
  return readFileSync(certificate, "utf8");
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
