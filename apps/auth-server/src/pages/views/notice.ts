import { html } from "hono/html";
import type { Html } from "./html.ts";

const sign = html`<svg viewBox="0 0 18 18" aria-hidden="true" focusable="false">
  <path
    d="M9 1.8 17 16H1z"
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linejoin="round"
  />
  <path d="M9 7v4" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
  <circle cx="9" cy="13.3" r="1" fill="currentColor" />
</svg>`;

/** A warning before the user continues. */
export const renderCaution = (text: Html | string): Html =>
  html`<div class="notice">
    ${sign}
    <div>${text}</div>
  </div>`;

/** An error; screen readers announce it at once. */
export const renderAlert = (text: string, id?: string): Html =>
  html`<div class="notice alert" role="alert" ${id === undefined ? "" : html` id="${id}"`}>
    ${sign}
    <div>${text}</div>
  </div>`;

/** What was done; screen readers read it when they get to it. */
export const renderDone = (text: string): Html =>
  html`<div class="notice done" role="status"><div>${text}</div></div>`;
