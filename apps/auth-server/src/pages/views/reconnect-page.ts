import type { HomePage } from "@taiga-mcp/service";
import { html } from "hono/html";
import { renderLayout } from "./layout.ts";

/** What to do when a tool fails with `reconnect_required`; that error names this page. */
export const renderReconnectPage = ({ taigaSite }: Pick<HomePage, "taigaSite">): Promise<string> =>
  renderLayout({
    title: "Connect again",
    wide: true,
    content: html` <h1>When a client says <code>reconnect_required</code></h1>
      <p class="lead">
        Taiga has ended the login of this connection: your account was deactivated, or this server
        was offline for days.
      </p>
      <ol class="steps">
        ${
          taigaSite.url === undefined
            ? ""
            : html`<li>
                Try to log in to <a href="${taigaSite.url}" rel="noreferrer">Taiga</a> itself. If
                that fails, only a Taiga administrator can help.
              </li>`
        }
        <li>
          In your client, disconnect this MCP server and connect it again. In Claude Code: type
          <code>/mcp</code>, choose taiga, and authenticate again.
        </li>
        <li>
          Log in and choose what the client may do, like the first time. Nothing in Taiga is lost.
        </li>
      </ol>`,
    footer: html`<a href="/account">Your connections</a> · <a href="/">How to connect a client</a>`,
  });
