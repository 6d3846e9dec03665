import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A separate form, so that Cancel does not send what the user has typed. */
export const renderCancelForm = (basePath: string, csrfToken: string): Html =>
  html`<form id="cancel" method="post" action="${basePath}/cancel" hidden>
    <input type="hidden" name="csrf" value="${csrfToken}" />
  </form>`;

/** The button of that form; it may be anywhere on the page. */
export const cancelButton: Html = html`<button class="button quiet" type="submit" form="cancel">
  Cancel
</button>`;
