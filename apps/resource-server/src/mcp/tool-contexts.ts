import type { Clock } from "@taiga-mcp/service";
import { createTaigaClient, type TaigaTransport } from "@taiga-mcp/taiga-client";
import { createGrantTransport } from "../auth/grant-transport.ts";
import type { TaigaCredentials } from "../auth/taiga-credentials.ts";
import { createConfirmations } from "@taiga-mcp/taiga-tools";
import type { IdempotencyLedgers } from "@taiga-mcp/taiga-tools";
import type { ProjectDirectories, ProjectDirectory } from "@taiga-mcp/taiga-tools";
import type { Caller } from "./caller.ts";
import type { ToolContext } from "@taiga-mcp/taiga-tools";

export interface ToolContextsDeps {
  /** Shared by all callers; knows no credential. */
  transport: TaigaTransport;
  credentials: TaigaCredentials;
  directories: ProjectDirectories;
  ledgers: IdempotencyLedgers;
  /** Signs confirmations; the same in all replicas. */
  confirmationKey: Uint8Array;
  /** Without a trailing slash. */
  taigaWebUrl: string;
  clock: Clock;
}

/** Makes what tools work with, each for exactly one user. Making it calls nobody. */
export interface ToolContexts {
  projects(caller: Caller): ProjectDirectory;
  forCall(caller: Caller, call: Pick<ToolContext, "signal" | "reportProgress">): ToolContext;
}

export function createToolContexts(deps: ToolContextsDeps): ToolContexts {
  const transportFor = ({ grant, accessToken }: Caller): TaigaTransport =>
    createGrantTransport(deps.transport, deps.credentials, { grantId: grant.grantId, accessToken });

  const projects = (caller: Caller): ProjectDirectory =>
    deps.directories.for({
      subject: caller.grant.subject,
      projects: caller.grant.projects,
      // Without the call's signal: several calls may wait for what one of them asks for.
      taiga: createTaigaClient(transportFor(caller)),
    });

  return {
    projects,
    forCall: (caller, { signal, reportProgress }) => ({
      taiga: createTaigaClient(transportFor(caller), undefined, { signal }),
      projects: projects(caller),
      ledger: deps.ledgers.for(toLedgerName(caller.grant)),
      confirmations: createConfirmations({
        key: deps.confirmationKey,
        clock: deps.clock,
        subject: caller.grant.subject,
      }),
      taigaWebUrl: deps.taigaWebUrl,
      clock: deps.clock,
      signal,
      reportProgress,
    }),
  };
}

/**
 * Whose answers a call may be given again. Limits are part of it: an answer from a connection to
 * other projects would tell of them.
 */
const toLedgerName = ({ subject, projects }: Caller["grant"]): string =>
  projects === "all" ? subject : `${subject} ${projects.toSorted((a, b) => a - b).join(" ")}`;
