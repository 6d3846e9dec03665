import { html } from "hono/html";
import { renderLayout } from "./layout.ts";

export interface HomePage {
  /** The MCP endpoint. */
  mcpUrl: string;
  /** Address of Taiga's web pages. */
  taigaWebUrl: string;
}

/** The start page: what this server is and how to connect a client. */
export function renderHomePage({ mcpUrl, taigaWebUrl }: HomePage): Promise<string> {
  return renderLayout({
    title: "Connect your AI client to Taiga",
    wide: true,
    content: html` <h1>Connect your AI client to Taiga</h1>
      <p class="lead">
        This server logs you in to
        <a href="${taigaWebUrl}" rel="noreferrer">${new URL(taigaWebUrl).host}</a>, so that your AI
        client can work there as you: with your permissions, and only as far as you allow.
      </p>
      <h2>Address</h2>
      <p>Add this as a remote MCP server in your client:</p>
      <code class="command">${mcpUrl}</code>
      <h2>Claude Code</h2>
      <code class="command">claude mcp add --transport http taiga ${mcpUrl}</code>
      <h2>What happens next</h2>
      <ol class="steps">
        <li>Your client opens a page of this server in your browser.</li>
        <li>You log in with your Taiga account. The client never sees your password.</li>
        <li>You choose what the client may do, and in which of your projects.</li>
      </ol>
      <h2 id="reconnect">When a client says <code>reconnect_required</code></h2>
      <p>
        Taiga has ended the login of this connection: your account was deactivated, or this server
        was offline for days.
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
          Log in and choose what the client may do, like the first time. Nothing in Taiga is lost.
        </li>
      </ol>`,
    footer: html`For developers:
      <a href="/.well-known/oauth-authorization-server">authorization server metadata</a> ·
      <a href="https://modelcontextprotocol.io" rel="noreferrer">about MCP</a>`,
  });
}
