import { html } from "hono/html";
import type { Html } from "./html.ts";

/** A form of its own, so that cancelling sends nothing that was typed. */
export const renderCancelForm = (basePath: string, csrfToken: string): Html =>
  html`<form id="cancel" method="post" action="${basePath}/cancel" hidden>
    <input type="hidden" name="csrf" value="${csrfToken}" />
  </form>`;

/** The button of that form, wherever it stands on the page. */
export const cancelButton: Html = html`<button class="button quiet" type="submit" form="cancel">
  Cancel
</button>`;
