/**
 * The one spelling of a resource indicator: scheme and host in lower case, no fragment, without
 * one trailing slash, and without `?toolsets` and `?readonly`, which choose from a resource and do
 * not name another one.
 *
 * @returns the text itself when it is no URL, so that it equals nothing of ours.
 * @see RFC 8707 section 2
 */
export function toCanonicalResource(resource: string): string {
  if (!URL.canParse(resource)) return resource;
  const url = new URL(resource);
  url.hash = "";
  url.searchParams.delete("toolsets");
  url.searchParams.delete("readonly");
  url.pathname = url.pathname.replace(/\/$/, "");
  return url.href;
}
