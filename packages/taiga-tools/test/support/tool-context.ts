import { createSqliteKv } from "@taiga-mcp/store";
import { createConfirmations } from "../../src/calls/confirmation.ts";
import { createWriteLocks, type SharedLock } from "../../src/calls/write-locks.ts";
import { createIdempotency } from "../../src/calls/idempotency.ts";
import { type ToolContext, type ToolDefinition } from "../../src/tool/define-tool.ts";
import { createProjectDirectories } from "../../src/projects/project-directory.ts";
import { createTaiga, type Taiga } from "./taiga.ts";

export interface Bench {
  taiga: Taiga;
  context: ToolContext;
  clock: { now: number };
  progress: string[];
  /** Parses input and answer by the tool's schemas, as the server does. */
  call: (
    tool: ToolDefinition,
    input: unknown,
  ) => Promise<{ text: string; data: Record<string, any> }>;
  /** What Taiga was asked since the last time, without the cached metadata. */
  asked: () => string[];
}

const METADATA = /^GET (\/users\/me|\/projects.*|\/milestones)$/;

/** Everything a tool needs, with Taiga and the store in memory. */
export function createBench(
  options: {
    taiga?: Taiga;
    projects?: "all" | readonly number[];
    /** The username of the caller; by default bob. */
    user?: string;
    /** Shared with other benches, as by replicas. */
    lock?: SharedLock;
  } = {},
): Bench {
  const { taiga = createTaiga(), projects = "all", user = "bob", lock } = options;
  const client = user === "bob" ? taiga.client : taiga.connect(user);
  const { clock } = taiga;
  const progress: string[] = [];
  const read = () => clock.now;
  const context: ToolContext = {
    taiga: client,
    projects: createProjectDirectories({ clock: read, maxUsers: 10 }).for({
      subject: user,
      taiga: client,
      projects,
    }),
    idempotency: createIdempotency({
      store: createSqliteKv({ file: ":memory:", clock: read }),
      clock: read,
      subject: user,
    }),
    confirmations: createConfirmations({
      key: new Uint8Array(32),
      clock: read,
      subject: user,
    }),
    lockWrites: createWriteLocks(lock).for({ signal: new AbortController().signal }),
    grant: { access: "admin", projects },
    taigaWebUrl: "https://taiga.test",
    clock: read,
    signal: new AbortController().signal,
    reportProgress: async (done, total) => void progress.push(`${done}/${total}`),
  };
  return {
    taiga,
    context,
    clock,
    progress,
    async call(tool, input) {
      const answer = await tool.handler(tool.inputSchema.parse(input), context);
      return { text: answer.text, data: tool.outputSchema.parse(answer.data) };
    },
    asked() {
      const requests = taiga.asked().filter((request) => !METADATA.test(request));
      taiga.forgetRequests();
      return requests;
    },
  };
}

/** The refs of the items that an answer lists. */
export const refs = (data: Record<string, any>): string[] =>
  data["items"].map((item: { ref: string }) => item.ref);

/** What became of each item, in the order of the input. */
export const outcomes = (data: Record<string, any>): string[] =>
  data["items"].map((item: { outcome: string }) => item.outcome);
