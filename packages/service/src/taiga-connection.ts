import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { z } from "zod";
import { ConfigurationError } from "./errors.ts";
import { isLoopback, type sharedSettings } from "./settings.ts";

type ConnectionSettings = Pick<
  z.output<z.ZodObject<typeof sharedSettings>>,
  "TAIGA_API_URL" | "TAIGA_CA_FILE" | "HTTP_PROXY" | "HTTPS_PROXY" | "NO_PROXY"
>;

/** What stands between us and Taiga. The proxy's address may hold a password: never log this. */
export interface TaigaConnection {
  /** Certificates (PEM) of authorities that are trusted besides the public ones. */
  ca: readonly string[] | undefined;
  proxy: { url: string; noProxy: string | undefined } | undefined;
}

/** @throws {ConfigurationError} when TAIGA_CA_FILE cannot be read or holds no certificate. */
export const resolveTaigaConnection = (settings: ConnectionSettings): TaigaConnection => ({
  ca: settings.TAIGA_CA_FILE === undefined ? undefined : readAuthorities(settings.TAIGA_CA_FILE),
  proxy: resolveProxy(settings),
});

/**
 * The variables are often set for a whole machine or by the container engine, with no thought of the
 * sandbox or of a Taiga on this machine: no proxy leads there.
 */
function resolveProxy(settings: ConnectionSettings): TaigaConnection["proxy"] {
  const { TAIGA_API_URL, HTTP_PROXY, HTTPS_PROXY, NO_PROXY } = settings;
  if (TAIGA_API_URL === undefined || isLoopback(TAIGA_API_URL)) return undefined;
  const url = new URL(TAIGA_API_URL).protocol === "https:" ? HTTPS_PROXY : HTTP_PROXY;
  return url === undefined ? undefined : { url, noProxy: NO_PROXY };
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

function readAuthorities(file: string): string[] {
  const certificates = readText(file).match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    throw new ConfigurationError(
      `TAIGA_CA_FILE: the file ${file} must hold at least one certificate in PEM form.`,
    );
  }
  certificates.forEach((certificate, index) => {
    if (isCertificate(certificate)) return;
    throw new ConfigurationError(
      `TAIGA_CA_FILE: certificate ${index + 1} in the file ${file} is damaged.`,
    );
  });
  return certificates;
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigurationError(`TAIGA_CA_FILE: the file ${file} cannot be read (${code}).`, {
      cause,
    });
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}
