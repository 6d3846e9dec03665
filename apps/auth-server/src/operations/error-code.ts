/** The codes of OpenSSL and Node.js for a certificate that is not trusted, not valid or another's. */
export const isCertificateFault = (errorCode: string): boolean =>
  /CERT|_SIGNATURE|^INVALID_CA$|^PATH_LENGTH_EXCEEDED$|^INVALID_PURPOSE$/.test(errorCode);

/** `ENOTFOUND`, `CERT_HAS_EXPIRED` …; the innermost one there is. */
export function toErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return toErrorCode(error.cause) ?? own;
}
