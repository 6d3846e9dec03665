import { type AccessLevel, TOOL_ACCESS } from "@taiga-mcp/service";
import { html } from "hono/html";
import { cancelButton, renderCancelForm } from "./cancel-form.ts";
import { toDisplayName } from "./display-name.ts";
import type { Html } from "./html.ts";
import { renderLayout } from "./layout.ts";
import { renderAlert, renderCaution } from "./notice.ts";
import { type ProjectQuestion, renderProjectQuestion } from "./project-choice.ts";
import { toRedirectTarget } from "./redirect-target.ts";
import {
  renderDocumentHostFact,
  renderRedirectFact,
  renderWhoIsAsking,
  type RequestingClient,
} from "./requesting-client.ts";

/** Name of each access level, for the user who grants it. What it allows depends on the tools. */
const ACCESS_TITLES: Readonly<Record<AccessLevel, string>> = {
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
  cancelCsrfToken: string;
  client: RequestingClient;
  taigaHost: string;
  user: { username: string; fullName: string };
  /** The levels that may be granted, lowest first. */
  levels: readonly AccessLevel[];
  selected: AccessLevel;
  projects: ProjectQuestion;
  /** The error in the previous choice. */
  choiceError?: string;
}

/** The page that asks what this client may do in Taiga as this user. */
export function renderConsentPage(page: ConsentPage): Promise<string> {
  const { basePath, client, taigaHost, user } = page;
  const target = toRedirectTarget(client.redirectUri, client.documentHost !== undefined);
  return renderLayout({
    title: "Allow access to Taiga",
    content: html` <h1>Allow access to Taiga?</h1>
      <p class="lead">${renderWhoIsAsking(client)} wants to work in Taiga on your behalf.</p>
      ${renderAccount(user, taigaHost, `${basePath}?account=other`)}
      <dl class="facts">${renderDocumentHostFact(client)} ${renderRedirectFact(target)}</dl>
      ${renderCaution(target.caution)}
      ${page.choiceError === undefined ? "" : renderAlert(page.choiceError)}
      <form method="post" action="${basePath}/consent">
        <input type="hidden" name="csrf" value="${page.csrfToken}" />
        <fieldset>
          <legend>What may it do?</legend>
          ${page.levels.map((level) => renderChoice(level, level === page.selected))}
        </fieldset>
        ${renderProjectQuestion(page.projects)}
        <p class="small">The app can never do more than you can do in Taiga yourself.</p>
        <div class="actions">
          <button class="button primary" type="submit">Allow access</button>
          ${cancelButton}
        </div>
      </form>
      ${renderCancelForm(basePath, page.cancelCsrfToken)}`,
    footer: html`The app keeps this access until it is revoked or has not been used for a long time.`,
  });
}

function renderAccount(user: ConsentPage["user"], taigaHost: string, switchHref: string): Html {
  const username = toDisplayName(user.username) ?? "";
  const name = toDisplayName(user.fullName) ?? username;
  return html`<div class="account">
    <span class="avatar" aria-hidden="true">${Array.from(name)[0]?.toUpperCase()}</span>
    <div>
      <p class="name"><bdi>${name}</bdi></p>
      <p class="small"><bdi>${username}</bdi> on ${taigaHost}</p>
      <p><a class="other" href="${switchHref}">Not you? Use another account</a></p>
    </div>
  </div>`;
}

const renderChoice = (level: AccessLevel, checked: boolean): Html =>
  html`<div class="choice">
    <input
      type="radio"
      name="access"
      id="access-${level}"
      value="${level}"
      required
      aria-describedby="access-${level}-text"
      ${checked ? html` checked` : ""}
    />
    <label for="access-${level}">${ACCESS_TITLES[level]}</label>
    <p id="access-${level}-text">${allowsOf(level)}</p>
  </div>`;
