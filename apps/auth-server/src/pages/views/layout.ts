import { html } from "hono/html";
import type { Html } from "./html.ts";
import { icon, script, stylesheet } from "./assets.ts";

export interface LayoutOptions {
  /** Title of the browser tab, plain text. */
  title: string;
  /** Content of the card. */
  content: Html;
  /** A small line below the card. */
  footer?: Html;
  /** For pages with text instead of a form. */
  wide?: boolean;
  /** For a form with two columns. */
  roomy?: boolean;
}

/** A complete page: brand, one card, footer. It works without its script and loads nothing from other hosts. */
export async function renderLayout(options: LayoutOptions): Promise<string> {
  const { title, content, footer, wide = false, roomy = false } = options;
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${title} · Taiga MCP</title>
        <link rel="icon" type="${icon.contentType}" href="${icon.path}" />
        <link rel="stylesheet" href="${stylesheet.path}" />
        <script src="${script.path}" defer></script>
      </head>
      <body>
        <div class="shell${wide ? " wide" : ""}${roomy ? " roomy" : ""}">
          <header class="brand">${mark}<span>Taiga MCP</span></header>
          <main class="card">${content}</main>
          ${footer === undefined ? "" : html`<footer>${footer}</footer>`}
        </div>
      </body>
    </html> `;
  return String(page);
}

const mark = html`<svg viewBox="0 0 28 28" aria-hidden="true" focusable="false">
  <path
    d="M11 3.5 17 12.500h-2.600L18.800 19H12.200v5h-2.400v-5H3.200l4.400-6.500H5z"
    fill="currentColor"
  />
  <path
    d="M19.400 8.500 25.500 19h-4.900v5h-2v-5h1.800L15.900 12.200z"
    fill="currentColor"
    opacity=".5"
  />
</svg>`;
