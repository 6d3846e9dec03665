import { isLoopback } from "@taiga-mcp/service";

/** Where the browser goes after this, in words that a user can judge. */
export interface RedirectTarget {
  kind: "loopback" | "app" | "site";
  /** Host and port, or the scheme of a private-use URI. */
  name: string;
  /** What kind of program that is. */
  description: string;
  /** Why the user should be careful: another program may use the client's name (RFC 8252 §8.6). */
  caution: string;
}

const MAX_NAME_LENGTH = 80;

/**
 * @param redirectUri absolute, as registered. Hosts are shown in ASCII, which exposes look-alikes.
 * @param isVerified whether the host that publishes the client's metadata document is known.
 */
export function toRedirectTarget(redirectUri: string, isVerified = false): RedirectTarget {
  const cautionOf = isVerified ? cautionOfVerified : cautionOfUnverified;
  const url = new URL(redirectUri);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return {
      kind: "app",
      name: shortenHost(url.host === "" ? url.protocol : `${url.protocol}//${url.host}`),
      description: "an app on this device",
      caution: cautionOf("any app on this device can use it"),
    };
  }
  if (isLoopback(url)) {
    return {
      kind: "loopback",
      name: url.host,
      description: "a program on this computer",
      caution: cautionOf("any program on this computer can use it"),
    };
  }
  return {
    kind: "site",
    name: shortenHost(url.host),
    description: "a website",
    caution: cautionOf("check where it sends you"),
  };
}

const IF_STARTED = "Continue only if you have just started this yourself.";

const cautionOfUnverified = (reason: string): string =>
  `The app’s name is not verified: ${reason}. ${IF_STARTED}`;

/** A verified host proves who describes the app, not that the program asking is that app. */
const cautionOfVerified = (reason: string): string =>
  `Check that you know the verified host, and be careful: ${reason}. ${IF_STARTED}`;

/** Cuts the beginning of a long host, because its end shows who owns it. */
export const shortenHost = (name: string): string =>
  name.length <= MAX_NAME_LENGTH ? name : `…${name.slice(1 - MAX_NAME_LENGTH)}`;
