// A scripted stand-in of the Messages API: it plays the model of a client program and records what
// that program gives its model.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** What the model does next: call a tool, or end with a text. */
export type Turn =
  | {
      tool: string;
      input: Record<string, unknown>;
      /** Happens while the model thinks. */
      before?: () => Promise<void>;
    }
  | { text: string };

export interface ContentBlock {
  type: string;
  text?: string;
  tool_use_id?: string;
  content?: string | ContentBlock[];
  is_error?: boolean;
}

export interface ModelRequest {
  system?: string | ContentBlock[];
  messages: { role: string; content: string | ContentBlock[] }[];
  tools?: { name: string; description?: string; input_schema?: Record<string, unknown> }[];
  stream?: boolean;
}

export interface MessagesApi {
  url: string;
  /** The requests of the conversation, in their order; each repeats what was said before. */
  conversation(): ModelRequest[];
  close(): Promise<void>;
}

/** @param turns one for each request of the conversation; the last one is repeated. */
export async function startMessagesApi(turns: readonly Turn[]): Promise<MessagesApi> {
  const requests: ModelRequest[] = [];

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const isMessages = req.method === "POST" && req.url?.split("?")[0] === "/v1/messages";
    if (!isMessages) return void res.writeHead(404).end("{}");
    const request = (await json(req)) as ModelRequest;
    // Programs also ask for titles and the like, without tools.
    const isConversation = (request.tools ?? []).length > 0;
    if (isConversation) requests.push(request);
    const turn = isConversation ? turns[resultsIn(request).length] : undefined;
    if (turn !== undefined && "before" in turn) await turn.before?.();
    const message = toMessage(turn ?? turns.at(-1) ?? { text: "ok" });
    if (request.stream !== true) {
      res.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
      return;
    }
    res.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of toEvents(message)) {
      res.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    }
    res.end();
  }

  const server = createServer((req, res) => void answer(req, res)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    conversation: () => requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The results of tools that a request contains. */
export const resultsIn = ({ messages }: ModelRequest): ContentBlock[] =>
  messages.flatMap(({ content }) =>
    typeof content === "string" ? [] : content.filter(({ type }) => type === "tool_result"),
  );

/** All text outside of tool results: the system prompt, and what the program says to its model. */
export const textIn = ({ system = "", messages }: ModelRequest): string =>
  [system, ...messages.map(({ content }) => content)]
    .flatMap((content) => (typeof content === "string" ? [content] : content.map(toText)))
    .join("\n");

const toText = ({ text = "" }: ContentBlock): string => text;

const USAGE = { input_tokens: 1, output_tokens: 1 };

function toMessage(turn: Turn) {
  const block =
    "text" in turn
      ? { type: "text", text: turn.text }
      : { type: "tool_use", id: `toolu_${turn.tool}`, name: turn.tool, input: turn.input };
  return {
    id: "msg_scripted",
    type: "message",
    role: "assistant",
    model: "scripted",
    content: [block] as const,
    stop_reason: "text" in turn ? "end_turn" : "tool_use",
    stop_sequence: null,
    usage: USAGE,
  };
}

interface StreamEvent {
  type: string;
  [member: string]: unknown;
}

function toEvents({ content, stop_reason, ...start }: ReturnType<typeof toMessage>): StreamEvent[] {
  const [block] = content;
  const [begun, delta] =
    "input" in block
      ? [
          { ...block, input: {} },
          { type: "input_json_delta", partial_json: JSON.stringify(block.input) },
        ]
      : [
          { ...block, text: "" },
          { type: "text_delta", text: block.text },
        ];
  return [
    { type: "message_start", message: { ...start, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: begun },
    { type: "content_block_delta", index: 0, delta },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ];
}
