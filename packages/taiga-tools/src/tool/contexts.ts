import { createTaigaClient, type TaigaTransport } from "@taiga-mcp/taiga-client";
import type { CallStore } from "../calls/call-store.ts";
import { createConfirmations } from "../calls/confirmation.ts";
import { createIdempotency } from "../calls/idempotency.ts";
import { createWriteLocks, type SharedLock } from "../calls/write-locks.ts";
import type { Clock } from "../clock.ts";
import type { Caller } from "../policy/caller.ts";
import { createProjectDirectories, type ProjectDirectory } from "../projects/project-directory.ts";
import type { ToolContext } from "./define-tool.ts";

/** Number of users whose project metadata is cached. */
const MAX_USERS = 1_000;

export interface ToolContextsDeps<Who extends Caller> {
  /** Returns a transport to Taiga that logs in as the caller. Must not send any request. */
  connect: (caller: Who) => TaigaTransport;
  /** Shared by all replicas; stores calls that have an idempotency key. */
  store: CallStore;
  /** Locks writes over all replicas; left out, there is only this process. */
  lock?: SharedLock | undefined;
  /** Signs confirmations: 32 bytes, the same in all replicas. */
  confirmationKey: Uint8Array;
  /** The address of Taiga's web client, without a trailing slash. */
  taigaWebUrl: string;
  clock: Clock;
}

/** Creates the context of tool calls, each for exactly one user. Creating one sends no request. */
export interface ToolContexts<Who extends Caller> {
  projects(caller: Who): ProjectDirectory;
  forCall(caller: Who, call: Pick<ToolContext, "signal" | "reportProgress">): ToolContext;
}

export function createToolContexts<Who extends Caller>(
  deps: ToolContextsDeps<Who>,
): ToolContexts<Who> {
  const { connect, store, clock, taigaWebUrl } = deps;
  const writeLocks = createWriteLocks(deps.lock);
  const directories = createProjectDirectories({ clock, maxUsers: MAX_USERS });

  const projects = (caller: Who): ProjectDirectory =>
    directories.for({
      subject: caller.subject,
      projects: caller.projects,
      // Without the call's abort signal, because several calls may share one request.
      taiga: createTaigaClient(connect(caller)),
    });

  return {
    projects,
    forCall: (caller, { signal, reportProgress }) => ({
      taiga: createTaigaClient(connect(caller), undefined, { signal }),
      projects: projects(caller),
      idempotency: createIdempotency({ store, clock, subject: toIdempotencySubject(caller) }),
      confirmations: createConfirmations({
        key: deps.confirmationKey,
        clock,
        subject: caller.subject,
      }),
      lockWrites: writeLocks.for({ signal }),
      grant: { access: caller.access, projects: caller.projects },
      taigaWebUrl,
      clock,
      signal,
      reportProgress,
    }),
  };
}

/**
 * The subject within which a repeated call gets its first answer. It includes the project limits:
 * the answer to a connection with other projects would reveal those projects.
 */
const toIdempotencySubject = ({ subject, projects }: Caller): string =>
  projects === "all" ? subject : `${subject} ${projects.toSorted((a, b) => a - b).join(" ")}`;
