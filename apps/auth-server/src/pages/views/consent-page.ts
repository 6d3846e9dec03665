import { type AccessLevel, TOOL_ACCESS } from "@taiga-mcp/service";
import { html } from "hono/html";
import { cancelButton, renderCancelForm } from "./cancel-form.ts";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";
import { renderLayout } from "./layout.ts";
import { renderAlert } from "./notice.ts";
import { type OlderLogin, renderOlderLogins } from "./older-logins.ts";
import { type ProjectQuestion, renderProjectQuestion } from "./project-choice.ts";
import { shortenHost, toRedirectTarget } from "./redirect-target.ts";
import { renderRoute, type RequestingClient } from "./requesting-client.ts";

/** Name of each access level, for the user who grants it. What it allows depends on the tools. */
export const ACCESS_TITLES: Readonly<Record<AccessLevel, string>> = {
  read: "Read only",
  write: "Read and write",
  delete: "Read, write and delete",
  admin: "Everything, including administration",
};

const allowsOf = (level: AccessLevel): string | undefined =>
  TOOL_ACCESS.find((one) => one.level === level)?.allows;

export interface ConsentPage {
  /** Path of the interaction, without a trailing slash: the forms post below it. */
  basePath: string;
  csrfToken: string;
  /** Of `user`; the form sends it back, and the token is bound to it. */
  accountId: string;
  cancelCsrfToken: string;
  client: RequestingClient;
  taigaName: string;
  user: { username: string; fullName: string };
  /** The levels that may be granted, lowest first. */
  levels: readonly AccessLevel[];
  selected: AccessLevel;
  projects: ProjectQuestion;
  /** Earlier logins of this app that the user may end. */
  olderLogins: readonly OlderLogin[];
  /** Epoch seconds. */
  now: number;
  /** The error in the previous choice, and the question it belongs to. */
  choiceError?: { question: "access" | "projects"; error: string };
}

/** The page that asks what this client may do in Taiga as this user. */
export function renderConsentPage(page: ConsentPage): Promise<string> {
  const { basePath, client, taigaName, user } = page;
  const target = toRedirectTarget(client.redirectUri, client.documentHost !== undefined);
  return renderLayout({
    title: "Allow access to Taiga",
    roomy: true,
    content: html` <h1>Allow access to Taiga?</h1>
      <div class="parties">
        ${renderApp(client)}
        <span class="arrow" aria-hidden="true">→</span>
        ${renderAccount(user, taigaName, `${basePath}?account=other`)}
      </div>
      ${renderRoute(target)}
      <form class="consent" method="post" action="${basePath}/consent">
        <input type="hidden" name="csrf" value="${page.csrfToken}" />
        <input type="hidden" name="shown_account" value="${page.accountId}" />
        <div class="questions">
          <fieldset>
            <legend>What may it do?</legend>
            ${renderChoiceError(page.choiceError, "access")} ${renderLevels(page)}
          </fieldset>
          ${renderProjectQuestion({
            ...page.projects,
            error: page.choiceError?.question === "projects" ? page.choiceError.error : undefined,
          })}
        </div>
        ${renderOlderLogins(page.olderLogins, page.now)}
        <p class="small">The app can never do more than you can do in Taiga yourself.</p>
        <div class="actions sticky">
          <button class="button primary" type="submit">Allow access</button>
          ${cancelButton}
        </div>
      </form>
      ${renderCancelForm(basePath, page.cancelCsrfToken)}`,
    footer: html`The app keeps this access until you disconnect it under
      <a href="/account">Your connections</a>, or has not used it for a long time.`,
  });
}

/** The levels that are always visible; a higher one is behind "More access". */
const VISIBLE_LEVELS = 2;

export function renderLevels({
  levels,
  selected,
  choiceError,
}: Pick<ConsentPage, "levels" | "selected" | "choiceError">): Html {
  const hasFocus = choiceError?.question === "access";
  const render = (level: AccessLevel) =>
    renderChoice(level, level === selected, hasFocus && level === selected);
  const more = levels.slice(VISIBLE_LEVELS);
  if (more.length === 0) return html`${levels.map(render)}`;
  return html`${levels.slice(0, VISIBLE_LEVELS).map(render)}
    <details class="more" ${more.includes(selected) ? html`open` : ""}>
      <summary>More access</summary>
      ${more.map(render)}
    </details>`;
}

export const renderChoiceError = (
  given: ConsentPage["choiceError"],
  question: "access" | "projects",
): Html | "" => (given?.question === question ? renderAlert(given.error, `${question}-error`) : "");

function renderApp(client: RequestingClient): Html {
  const name = toDisplayName(client.name);
  const host = client.documentHost;
  return html`<div class="party">
    <p class="small">${name === undefined ? "An app that" : "An app that says its name is"}</p>
    <p class="name">${name === undefined ? "gives no name" : html`<bdi>${name}</bdi>`}</p>
    ${
      host === undefined
        ? ""
        : html`<p class="small">
            described by <strong>${shortenHost(host)}</strong> (verified host)
          </p>`
    }
  </div>`;
}

function renderAccount(user: ConsentPage["user"], taigaName: string, switchHref: string): Html {
  const username = toDisplayName(user.username) ?? "";
  const name = toDisplayName(user.fullName) ?? username;
  return html`<div class="party account">
    <p class="small">wants to work in Taiga as</p>
    <p class="name"><bdi>${name}</bdi></p>
    <p class="small"><bdi>${username}</bdi> on ${taigaName}</p>
    <p><a class="other" href="${switchHref}">Not you? Use another account</a></p>
  </div>`;
}

const renderChoice = (level: AccessLevel, checked: boolean, hasFocus: boolean): Html =>
  html`<div class="choice">
    <input
      type="radio"
      name="access"
      id="access-${level}"
      value="${level}"
      required
      aria-describedby="access-${level}-text"
      ${checked ? html` checked` : ""}${hasFocus ? html` autofocus` : ""}
    />
    <label for="access-${level}">${ACCESS_TITLES[level]}</label>
    <p id="access-${level}-text">${allowsOf(level)}</p>
  </div>`;
