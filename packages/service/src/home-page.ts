import type { TaigaSite } from "./addresses.ts";

/** The home page of both hosts: how to connect each client. */
export interface HomePage {
  /** The MCP endpoint, as clients enter it. */
  mcpUrl: string;
  taigaSite: TaigaSite;
  /** The authorization server's origin. */
  issuer: string;
}

/** Name of this server in a client's settings. */
const NAME = "taiga";

/** A button that opens the client, or a line to copy. */
interface ClientGuide {
  title: string;
  hint: string;
  button?: { href: string; label: string };
  line?: string;
}

/**
 * The page's content as HTML, without a frame. Tabs are `details` that share a name, so that one is
 * open at a time and no script is needed.
 */
export function renderHomeContent({ mcpUrl, taigaSite }: HomePage): string {
  const name = escapeHtml(taigaSite.name);
  const taiga =
    taigaSite.url === undefined
      ? name
      : `<a href="${escapeHtml(taigaSite.url)}" rel="noreferrer">${name}</a>`;
  return `<h1>Connect your AI client to Taiga</h1>
<p class="lead">Your client can work in ${taiga} as you: with your permissions, and only as far as you allow. It never sees your password.</p>
<h2>Which client do you use?</h2>
<div class="clients">
${toGuides(mcpUrl).map(renderGuide).join("\n")}
</div>
<h2>What happens next</h2>
<ol class="steps">
<li>Your client opens a page of this server in your browser.</li>
<li>You log in with your Taiga account.</li>
<li>You choose what the client may do, and in which of your projects.</li>
</ol>`;
}

/** The links in the page's footer. */
export const renderHomeFooter = ({ issuer }: Pick<HomePage, "issuer">): string =>
  [
    `<a href="${escapeHtml(issuer)}/account">Your connections</a>`,
    `<a href="${escapeHtml(issuer)}/reconnect">When a client says reconnect_required</a>`,
    `<a href="${escapeHtml(issuer)}/healthz">Status</a>`,
    `<a href="https://modelcontextprotocol.io" rel="noreferrer">About MCP</a>`,
  ].join(" · ");

/** The command that adds this server to Claude Code. */
export const toClaudeCodeCommand = (mcpUrl: string): string =>
  `claude mcp add --transport http ${NAME} ${mcpUrl}`;

/** Links as Cursor and Visual Studio Code document them for installing an MCP server. */
function toGuides(mcpUrl: string): ClientGuide[] {
  const forCursor = Buffer.from(JSON.stringify({ url: mcpUrl })).toString("base64");
  const forVsCode = JSON.stringify({ name: NAME, type: "http", url: mcpUrl });
  return [
    {
      title: "Claude Code",
      hint: "Run this line, then type /mcp in Claude Code and authenticate.",
      line: toClaudeCodeCommand(mcpUrl),
    },
    {
      title: "Cursor",
      hint: "Cursor opens and asks whether to install the server.",
      button: {
        href: `cursor://anysphere.cursor-deeplink/mcp/install?name=${NAME}&config=${encodeURIComponent(forCursor)}`,
        label: "Add to Cursor",
      },
    },
    {
      title: "VS Code",
      hint: "Visual Studio Code opens and asks whether to install the server.",
      button: {
        href: `vscode:mcp/install?${encodeURIComponent(forVsCode)}`,
        label: "Add to VS Code",
      },
    },
    {
      title: "ChatGPT",
      hint: "In the settings, under Apps or Connectors, turn on developer mode, create an app with this address, and choose OAuth. This server must be reachable from the internet.",
      line: mcpUrl,
    },
    { title: "Other clients", hint: "Add this address as a remote MCP server.", line: mcpUrl },
  ];
}

function renderGuide({ title, hint, button, line }: ClientGuide, index: number): string {
  const action =
    button === undefined
      ? `<code class="command">${escapeHtml(line ?? "")}</code>
<p><button class="button quiet copy" type="button" data-copy="${escapeHtml(line ?? "")}" hidden>Copy</button></p>`
      : `<p><a class="button primary" href="${escapeHtml(button.href)}">${escapeHtml(button.label)}</a></p>`;
  return `<details name="client"${index === 0 ? " open" : ""}><summary>${escapeHtml(title)}</summary>
<p>${escapeHtml(hint)}</p>
${action}</details>`;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
