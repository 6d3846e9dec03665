import { createTaigaClient, type TaigaTransport } from "@taiga-mcp/taiga-client";
import type { CallStore } from "../calls/call-store.ts";
import { createConfirmations } from "../calls/confirmation.ts";
import { createIdempotency } from "../calls/idempotency.ts";
import type { Clock } from "../clock.ts";
import type { Caller } from "../policy/caller.ts";
import { createProjectDirectories, type ProjectDirectory } from "../projects/project-directory.ts";
import type { ToolContext } from "./define-tool.ts";

/** Users whose projects are remembered for a minute. */
const MAX_USERS = 1_000;

export interface ToolContextsDeps<Who extends Caller> {
  /** A way to Taiga that logs in as the caller. Making it must ask nothing of anything. */
  connect: (caller: Who) => TaigaTransport;
  /** Shared by all replicas: remembers calls under an idempotency key. */
  store: CallStore;
  /** Signs confirmations: 32 bytes, the same in all replicas. */
  confirmationKey: Uint8Array;
  /** Taiga as people see it in a browser, without a trailing slash. */
  taigaWebUrl: string;
  clock: Clock;
}

/** Makes what tools work with, each for exactly one user. Making it sends nothing. */
export interface ToolContexts<Who extends Caller> {
  projects(caller: Who): ProjectDirectory;
  forCall(caller: Who, call: Pick<ToolContext, "signal" | "reportProgress">): ToolContext;
}

export function createToolContexts<Who extends Caller>(
  deps: ToolContextsDeps<Who>,
): ToolContexts<Who> {
  const { connect, store, clock, taigaWebUrl } = deps;
  const directories = createProjectDirectories({ clock, maxUsers: MAX_USERS });

  const projects = (caller: Who): ProjectDirectory =>
    directories.for({
      subject: caller.subject,
      projects: caller.projects,
      // Without the call's signal: several calls may wait for what one of them asks for.
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
      taigaWebUrl,
      clock,
      signal,
      reportProgress,
    }),
  };
}

/**
 * Whose answers a call may be given again. Limits are part of it: an answer from a connection to
 * other projects would tell of them.
 */
const toIdempotencySubject = ({ subject, projects }: Caller): string =>
  projects === "all" ? subject : `${subject} ${projects.toSorted((a, b) => a - b).join(" ")}`;
