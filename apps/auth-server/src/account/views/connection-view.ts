import type { AccessLevel } from "@taiga-mcp/service";
import type { Connection } from "../../engine/boundary/ports.ts";
import type { GrantUse } from "../../grants/grant-use.ts";
import { shortenHost, toRedirectTarget } from "../../pages/views/redirect-target.ts";

/** A project of the user. */
export interface KnownProject {
  id: number;
  name: string;
  slug: string;
}

/** What a page says about the form before it. */
export interface Notice {
  kind: "done" | "failed";
  text: string;
}

/** A project as the pages name it; without a name when the user can no longer see it. */
export interface NamedProject {
  id: number;
  name: string | undefined;
  slug: string;
}

/** A connection as the pages show it. */
export interface ConnectionView {
  gid: string;
  /** A stranger wrote it. */
  clientName: string | undefined;
  /** The verified host of the client; `undefined` when it is not verified. */
  verifiedHost: string | undefined;
  /** Where the client said that it is, such as `a program on this computer`; not verified. */
  place: string | undefined;
  access: AccessLevel;
  projects: "all" | readonly NamedProject[];
  /** Epoch seconds. */
  connectedAt: number;
  use: GrantUse | undefined;
}

export function toConnectionView(
  { gid, client, limits, connectedAt }: Connection,
  use: GrantUse | undefined,
  known: readonly KnownProject[] = [],
): ConnectionView {
  const [redirectUri] = client.redirectUris;
  const { documentHost } = client;
  return {
    gid,
    clientName: client.name,
    verifiedHost: documentHost === undefined ? undefined : shortenHost(documentHost),
    place: redirectUri === undefined ? undefined : toPlace(redirectUri),
    access: limits.access,
    projects:
      limits.projects === "all"
        ? "all"
        : limits.projects.map((id) => {
            const project = known.find((one) => one.id === id);
            return { id, name: project?.name, slug: project?.slug ?? `project ${id}` };
          }),
    connectedAt,
    use,
  };
}

function toPlace(redirectUri: string): string {
  const { kind, name, description } = toRedirectTarget(redirectUri);
  return kind === "site" ? name : description;
}
