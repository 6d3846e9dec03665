import { count, milliseconds, seconds, sharedSettings } from "@taiga-mcp/service";
import { ANSWER_FORMS, TOOLSETS, type Toolset } from "@taiga-mcp/taiga-tools";
import { z } from "zod";

const isBareOrigin = (url: string): boolean => url === new URL(url).origin;

/** As a browser sends it in `Origin`. `URL` knows the origins of http and https only (RFC 6454 §6.2). */
const isOrigin = (text: string): boolean =>
  /^https?:/.test(text)
    ? isBareOrigin(text)
    : /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/.test(text) && URL.canParse(text);

const toList = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const perMinute = (byDefault: number) =>
  count({ minimum: 10, maximum: 100_000 }).default(byDefault);

const parallel = (byDefault: number) => count({ minimum: 1, maximum: 256 }).default(byDefault);

/** Every setting of the resource server, with its description. */
/** All toolsets for clients that load descriptions on demand, core for the others. */
const AUTO = "auto";

/** What the operator offers. */
export interface OfferedToolsets {
  offered: readonly Toolset[];
  /** For an address that names none; `undefined` for all that are offered. */
  byDefault: readonly Toolset[] | undefined;
}

function toOfferedToolsets(text: string, context: z.core.$RefinementCtx): OfferedToolsets {
  const names = toList(text);
  if (names.length === 1 && names[0] === AUTO) return { offered: TOOLSETS, byDefault: ["core"] };
  const offered = TOOLSETS.filter((toolset) => names.includes(toolset));
  if (offered.length > 0 && names.every((name) => offered.some((one) => one === name))) {
    return { offered, byDefault: undefined };
  }
  const message = `must be ${AUTO}, or a comma-separated list of ${TOOLSETS.join(", ")}`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

export const ResourceServerSettings = z.object({
  ...sharedSettings,
  RESOURCE_SERVER_HOST: z.string().min(1).default("127.0.0.1").meta({
    description: "The address on which the resource server listens.",
  }),
  INTROSPECTION_CACHE_SECONDS: seconds({ minimum: 0, maximum: 30 }).default(30).meta({
    description:
      "For how many seconds the resource server caches the introspection of an access token. Revocations still take effect at once. 0 turns the cache off.",
  }),
  REQUESTS_PER_MINUTE: perMinute(1200).meta({
    description:
      "How many requests one connected client may send to the MCP endpoint in a minute. Keep it well above what clients do: one that gets 429 while it connects shows no tools. This and the following limits count in each process.",
  }),
  READS_PER_MINUTE: perMinute(240).meta({
    description:
      "How many calls of tools that read one connected client may make in a minute. Above a limit, the model is told how long to wait.",
  }),
  WRITES_PER_MINUTE: perMinute(120).meta({
    description: "The same for calls of tools that change something.",
  }),
  SEARCHES_PER_MINUTE: perMinute(90).meta({
    description:
      "The same for calls of tools that search (find_items, get_activity), which can make many requests to Taiga.",
  }),
  PARALLEL_READS: parallel(8).meta({
    description:
      "How many calls of tools that read run at the same time for one connected client. Further ones wait for up to ten seconds, up to four for each that runs.",
  }),
  PARALLEL_WRITES: parallel(4).meta({
    description: "The same for calls of tools that change something.",
  }),
  PARALLEL_SEARCHES: parallel(4).meta({ description: "The same for calls of tools that search." }),
  REFUSALS_PER_MINUTE: perMinute(600).meta({
    description:
      "How many requests with a bad access token one network address (for IPv6, one /64) may make in a minute before it gets 429. The default leaves room for hosted clients, which send the expired tokens of many users from few addresses. Requests with a token that was accepted within INTROSPECTION_CACHE_SECONDS are never refused for this. Each process counts for itself.",
  }),
  TOOLSETS: z
    .string()
    .default(AUTO)
    .transform(toOfferedToolsets)
    .meta({
      description: `The comma-separated toolsets to offer: ${TOOLSETS.join(", ")}. \`${AUTO}\` offers all of them, but a client gets only those that its address names, such as \`?toolsets=core,comments\`. With an address that names none it gets core; Claude Code, which loads the description of a tool when it needs it, gets all.`,
      defaultText: AUTO,
    }),
  ANSWERS: z
    .enum(ANSWER_FORMS, `must be ${ANSWER_FORMS.join(" or ")}`)
    .default("text")
    .meta({
      description:
        "What tools answer with: `text`, or `structured`, which adds the same facts as data and lists output schemas. Several clients, Claude Code and Codex among them, show their model the data instead of the text, which costs more tokens and loses the marks around text from Taiga; so the data is for programs. A client can choose for itself with `?answers=` in its address.",
    }),
  TAIGA_MAX_PARALLEL: parallel(16).meta({
    description: "The maximum number of concurrent requests to Taiga.",
  }),
  TAIGA_TIMEOUT_MS: milliseconds({ minimum: 100, maximum: 120_000 }).default(10_000).meta({
    description:
      "How long a request to Taiga may take, in milliseconds: the name look-up, the connection, the answer to its end, and further tries included.",
  }),
  ALLOWED_ORIGINS: z
    .string()
    .transform(toList)
    .pipe(
      z.array(
        z
          .url({
            error: "must be a comma-separated list of origins such as https://app.example.com",
            abort: true,
          })
          .refine(
            isOrigin,
            "must be bare origins such as https://app.example.com or tauri://localhost",
          ),
      ),
    )
    .optional()
    .meta({
      description:
        "Comma-separated origins of web pages that may call the MCP endpoint from a browser, with any scheme: https://app.example.com, tauri://localhost, app://obsidian.md. Clients outside a browser need no entry.",
      defaultText: "the MCP endpoint's own origin, and localhost if the endpoint is on localhost",
    }),
});
