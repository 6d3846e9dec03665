import { html } from "hono/html";
import type { Html } from "./html.ts";
import { renderTimeAgo } from "./time-ago.ts";

/** An earlier login of the app that asks. */
export interface OlderLogin {
  gid: string;
  /** Epoch seconds. */
  usedAt: number;
  isPreselected: boolean;
}

/**
 * Offers to end earlier logins of the same app; folded unless one of them is selected.
 * @param now epoch seconds.
 */
export function renderOlderLogins(logins: readonly OlderLogin[], now: number): Html | "" {
  if (logins.length === 0) return "";
  const isOpen = logins.some(({ isPreselected }) => isPreselected);
  return html`<details class="more older" ${isOpen ? html`open` : ""}>
    <summary>You have connected this app before</summary>
    ${logins.map(
      ({ gid, usedAt, isPreselected }) =>
        html`<div class="project">
          <input
            type="checkbox"
            name="replace"
            id="replace-${gid}"
            value="${gid}"
            ${isPreselected ? html` checked` : ""}
          />
          <label for="replace-${gid}"
            >Disconnect the login last used ${renderTimeAgo(usedAt, now)}</label
          >
        </div>`,
    )}
  </details>`;
}
