import { html } from "hono/html";
import { renderLayout } from "./layout.ts";

export interface HomePage {
  /** The address that clients connect to. */
  mcpUrl: string;
  /** Where people open this installation's Taiga. */
  taigaWebUrl: string;
}

/** What this server is and how to connect a client, for whoever opens its address. */
export function renderHomePage({ mcpUrl, taigaWebUrl }: HomePage): Promise<string> {
  return renderLayout({
    title: "Connect your AI client to Taiga",
    wide: true,
    content: html` <h1>Connect your AI client to Taiga</h1>
      <p class="lead">
        This server logs you in to
        <a href="${taigaWebUrl}" rel="noreferrer">${new URL(taigaWebUrl).host}</a>, so that the AI
        client of your choice can work there as you: with your permissions, and no more than you
        allow.
      </p>
      <h2>Address</h2>
      <p>Add this as a remote MCP server in your client:</p>
      <code class="command">${mcpUrl}</code>
      <h2>Claude Code</h2>
      <code class="command">claude mcp add --transport http taiga ${mcpUrl}</code>
      <h2>What happens then</h2>
      <ol class="steps">
        <li>Your client opens a page of this server in your browser.</li>
        <li>You log in with your Taiga account. The client never sees your password.</li>
        <li>You choose what the client may do, and in which of your projects.</li>
      </ol>
      <h2 id="reconnect">When a client says <code>reconnect_required</code></h2>
      <p>
        Taiga has ended the login behind this connection: your account was switched off, or this
        server was away for days.
      </p>
      <ol class="steps">
        <li>
          Try to log in to <a href="${taigaWebUrl}" rel="noreferrer">Taiga</a> itself. If that
          fails, only a Taiga administrator can help.
        </li>
        <li>
          In your client, disconnect this MCP server and connect it again. In Claude Code: type
          <code>/mcp</code>, choose taiga, and authenticate again.
        </li>
        <li>
          Log in and choose what the client may do, as the first time. Nothing in Taiga is lost.
        </li>
      </ol>`,
    footer: html`For developers:
      <a href="/.well-known/oauth-authorization-server">authorization server metadata</a> ·
      <a href="https://modelcontextprotocol.io" rel="noreferrer">about MCP</a>`,
  });
}
