import { type Clock, ConfigurationError, type Environment } from "@taiga-mcp/service";
import { AdminError, type AdminClient, createAdminClient, type Fetch } from "./admin-client.ts";
import { type AdminSettings, readAdminSettings } from "./admin-settings.ts";
import { type Command, type LoginOptions, parseCommand, toUsage } from "./command.ts";
import type { Paint } from "./finding.ts";
import { Installation } from "../operations/installation.ts";
import { toInstallationFindings } from "./installation-findings.ts";
import { KeyReport, RetireReport } from "./key-report.ts";
import { EndedLogins, LoginList } from "./login-report.ts";
import { toEndedText, toLoginsText } from "./login-text.ts";
import { toKeyText, toRetiredText, toRotatedText } from "./key-text.ts";
import { findPublicAddresses } from "./public-findings.ts";
import { isWell, toSetupText } from "./setup-text.ts";
import { withLocalTimes } from "./time-text.ts";

/** The parts of a process that the program needs. */
export interface AdminHost {
  args: readonly string[];
  environment: Environment;
  fetch: Fetch;
  clock: Clock;
  /** Prints lines of the result. */
  print: (text: string) => void;
  /** Prints lines of an error message. */
  printError: (text: string) => void;
  /** Width of the terminal. */
  columns: number;
  paint: Paint;
}

/** Timeouts in seconds; counting all records of a large store takes minutes. */
const STATUS_SECONDS = 20;
const KEYS_SECONDS = 280;
const LOGINS_SECONDS = 120;

/** Result of a command: as JSON, as text, and whether all is well. */
interface Outcome {
  json: object;
  text: string;
  isWell: boolean;
}

/** @returns the exit code: 0 all is well, 1 it is not, 2 unknown command. */
export async function runAdmin(host: AdminHost): Promise<0 | 1 | 2> {
  const program = toProgram(host.environment);
  const command = parseCommand(host.args);
  if (typeof command === "string") {
    host.printError(`${command}\n\n${toUsage(program)}`);
    return 2;
  }
  if (command.name === "help") {
    host.print(toUsage(program));
    return 0;
  }
  try {
    const settings = readAdminSettings(host.environment);
    const outcome = await runCommand(command.name, command.options, { host, settings, program });
    host.print(command.isJson ? JSON.stringify(outcome.json, null, 2) : outcome.text);
    return outcome.isWell ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AdminError || error instanceof ConfigurationError)) throw error;
    if (command.isJson && "answer" in error && error.answer !== undefined) {
      host.print(JSON.stringify(error.answer, null, 2));
    }
    host.printError(withLocalTimes(error.message, host.clock()));
    return 1;
  }
}

/** The command line of this program, in the image or in a checkout. */
const toProgram = ({ RUNNING_IN_CONTAINER }: Environment): string =>
  RUNNING_IN_CONTAINER === "true"
    ? "docker compose exec auth-server node dist/admin.js"
    : "npx --yes pnpm@12.21.0 admin";

interface Context {
  host: AdminHost;
  settings: AdminSettings;
  program: string;
}

async function runCommand(
  name: Exclude<Command["name"], "help">,
  options: LoginOptions,
  context: Context,
): Promise<Outcome> {
  const { host, settings, program } = context;
  const ask = createAdminClient(settings, host.fetch);
  const toOptions = () => ({ now: host.clock(), program, columns: host.columns });
  switch (name) {
    case "setup":
      return await checkSetup(ask, context);
    case "logins": {
      const { logins } = await ask({
        method: "GET",
        path: "/admin/logins",
        schema: LoginList,
        timeoutSeconds: LOGINS_SECONDS,
        parameters: toParameters(options, host.clock()),
      });
      return { json: { logins }, text: toLoginsText(logins, host.clock()), isWell: true };
    }
    case "end": {
      const { ended } = await ask({
        method: "POST",
        path: "/admin/logins/end",
        schema: EndedLogins,
        timeoutSeconds: LOGINS_SECONDS,
        parameters: toParameters(options, host.clock()),
      });
      return { json: { ended }, text: toEndedText(ended, host.clock()), isWell: true };
    }
    case "keys": {
      const path = "/admin/keys";
      const schema = KeyReport;
      const report = await ask({ method: "GET", path, schema, timeoutSeconds: KEYS_SECONDS });
      return { json: report, text: toKeyText(report, toOptions()), isWell: true };
    }
    case "keys rotate": {
      const path = "/admin/keys/rotate";
      const schema = KeyReport;
      const report = await ask({ method: "POST", path, schema, timeoutSeconds: KEYS_SECONDS });
      return { json: report, text: toRotatedText(report, toOptions()), isWell: true };
    }
    case "keys retire": {
      const path = "/admin/keys/retire";
      const schema = RetireReport;
      const report = await ask({ method: "POST", path, schema, timeoutSeconds: KEYS_SECONDS });
      return { json: report, text: toRetiredText(report, toOptions()), isWell: true };
    }
  }
}

const toParameters = (
  { user, client, grant, since, all }: LoginOptions,
  now: number,
): Record<string, string> => ({
  ...(user !== undefined && { user }),
  ...(client !== undefined && { client }),
  ...(grant !== undefined && { grant }),
  ...(since !== undefined && { since: String(now - since) }),
  ...(all !== undefined && { all: "true" }),
});

async function checkSetup(ask: AdminClient, { host, settings }: Context): Promise<Outcome> {
  const installation = await ask({
    method: "GET",
    path: "/admin/status",
    schema: Installation,
    timeoutSeconds: STATUS_SECONDS,
  });
  const { privateUrl, inContainer } = settings;
  const findings = [
    ...toInstallationFindings(installation, { privateUrl, now: host.clock() }),
    ...(await findPublicAddresses(installation, { fetch: host.fetch, inContainer })),
  ];
  const { columns, paint } = host;
  return {
    json: { ok: isWell(findings), findings, installation },
    text: toSetupText(findings, { mcpUrl: installation.resource, columns, paint }),
    isWell: isWell(findings),
  };
}
