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
        <li>You choose what the client may do, from reading only to everything.</li>
      </ol>`,
    footer: html`For developers:
      <a href="/.well-known/oauth-authorization-server">authorization server metadata</a> ·
      <a href="https://modelcontextprotocol.io" rel="noreferrer">about MCP</a>`,
  });
}
