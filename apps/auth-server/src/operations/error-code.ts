/** Whether an error code of OpenSSL or Node.js is about an untrusted, invalid or mismatched certificate. */
export const isCertificateFault = (errorCode: string): boolean =>
  /CERT|_SIGNATURE|^INVALID_CA$|^PATH_LENGTH_EXCEEDED$|^INVALID_PURPOSE$/.test(errorCode);

/** The innermost error code in the chain of causes, such as `ENOTFOUND` or `CERT_HAS_EXPIRED`. */
export function toErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return toErrorCode(error.cause) ?? own;
}
