import { isLoopback } from "@taiga-mcp/service";

/** Where the browser goes after this, in words a person can judge. */
export interface RedirectTarget {
  kind: "loopback" | "app" | "site";
  /** The host with its port, or the scheme of an app's own links. */
  name: string;
  /** What stands behind that name. */
  description: string;
  /** Why to take care: whose program may be behind the client's name (RFC 8252 §8.6). */
  caution: string;
}

const MAX_NAME_LENGTH = 80;

/**
 * @param redirectUri absolute, as registered; hosts come out in ASCII, so that look-alikes show.
 * @param isVerified whether the host that publishes the client's description is known.
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
    caution: cautionOf("look at where it sends you"),
  };
}

const IF_STARTED = "Go on only if you have just started this yourself.";

const cautionOfUnverified = (reason: string): string =>
  `The app’s name is not verified: ${reason}. ${IF_STARTED}`;

/** A verified host says who describes the app, not that this is that app. */
const cautionOfVerified = (reason: string): string =>
  `Check that you know the verified host, and take care: ${reason}. ${IF_STARTED}`;

/** The end of a host says whose it is, so the beginning is what goes. */
export const shortenHost = (name: string): string =>
  name.length <= MAX_NAME_LENGTH ? name : `…${name.slice(1 - MAX_NAME_LENGTH)}`;
