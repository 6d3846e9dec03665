import { html } from "hono/html";
import { cancelButton, renderCancelForm } from "./cancel-form.ts";
import type { Html } from "./html.ts";
import { renderLayout } from "./layout.ts";
import { renderAlert } from "./notice.ts";
import { toRedirectTarget } from "./redirect-target.ts";
import {
  renderDocumentHostFact,
  renderRoute,
  renderWhoIsAsking,
  type RequestingClient,
} from "./requesting-client.ts";

/** The forms of a login, one for each way to log in. */
export interface LoginForms {
  /** Path of the page, without a trailing slash: the forms post below it. */
  basePath: string;
  /** One token for each way to log in that is offered; at least one. */
  csrfTokens: { login?: string; taiga?: string };
  /** Of the Taiga that the user logs in to: host and port, or that it is the demo. */
  taigaName: string;
  /** Where Taiga resets passwords, if that is known. */
  passwordResetUrl?: string | undefined;
  /** The user name as typed before. */
  username?: string | undefined;
  /** Errors of single fields. */
  fieldErrors?: { username?: string | undefined; password?: string | undefined } | undefined;
  /** Error of the whole login. */
  alert?: string | undefined;
  /** Who does not see the password, on a page without an app. */
  passwordNote?: string | undefined;
  /** A second button beside the first. */
  cancel?: Html | undefined;
}

export interface LoginPage extends Omit<LoginForms, "cancel"> {
  cancelCsrfToken: string;
  client: RequestingClient;
}

/**
 * The login page. It shows which app is asking and where it will send the browser, and offers a login
 * by user name and password, on Taiga's own pages, or both.
 */
export function renderLoginPage(page: LoginPage): Promise<string> {
  const { basePath, csrfTokens, client } = page;
  const target = toRedirectTarget(client.redirectUri, client.documentHost !== undefined);
  return renderLayout({
    title: "Log in to Taiga",
    content: html` <h1>Log in to Taiga</h1>
      <p class="lead">${renderWhoIsAsking(client)} wants to work in Taiga on your behalf.</p>
      <dl class="facts">${renderDocumentHostFact(client)} ${renderLoginFact(page)}</dl>
      ${renderRoute(target)} ${renderLoginForms({ ...page, cancel: cancelButton })}
      ${renderCancelForm(basePath, page.cancelCsrfToken)}`,
    footer:
      csrfTokens.login === undefined
        ? html`When you come back, you choose what the app may do.`
        : html`On the next page you choose what the app may do.`,
  });
}

/** Who gets the password, as a row in a list of facts. */
export const renderLoginFact = ({ csrfTokens, taigaName, passwordNote }: LoginForms): Html =>
  csrfTokens.login === undefined
    ? renderTaigaFact(taigaName)
    : renderPasswordFact(taigaName, passwordNote);

/** The ways to log in, and above them what went wrong before. */
export const renderLoginForms = (page: LoginForms): Html =>
  html`${page.alert === undefined ? "" : renderAlert(page.alert, "login-error")}
  ${renderTaigaForm(page)}
  ${page.csrfTokens.login === undefined ? "" : renderPasswordForm(page, page.csrfTokens.login)}`;

const renderPasswordFact = (taigaName: string, note = "the app never sees it"): Html =>
  html`<div>
    <dt>Password for</dt>
    <dd>${taigaName}<span class="note">${note}</span></dd>
  </div>`;

const renderTaigaFact = (taigaName: string): Html =>
  html`<div>
    <dt>Log in at</dt>
    <dd>${taigaName}<span class="note">your password stays there</span></dd>
  </div>`;

function renderPasswordForm(page: LoginForms, csrfToken: string): Html {
  const { basePath, username = "", fieldErrors = {}, alert, passwordResetUrl, cancel } = page;
  const retypePassword = username !== "" && fieldErrors.username === undefined;
  const describedBy = alert === undefined ? undefined : "login-error";
  return html`<form method="post" action="${basePath}/login">
    <input type="hidden" name="csrf" value="${csrfToken}" />
    ${renderField({
      name: "username",
      label: "User name or e-mail",
      error: fieldErrors.username,
      attributes: html`type="text" autocomplete="username" autocapitalize="none" autocorrect="off"
      spellcheck="false" value="${username}"${retypePassword ? "" : html` autofocus`}`,
    })}
    ${renderField({
      name: "password",
      label: "Password",
      error: fieldErrors.password,
      describedBy,
      attributes: html`type="password"
      autocomplete="current-password"${retypePassword ? html` autofocus` : ""}`,
    })}
    <div class="actions">
      <button class="button primary" type="submit">Log in and continue</button>
      ${cancel ?? ""}
    </div>
    ${
      passwordResetUrl === undefined
        ? ""
        : html`<p class="small forgot">
            <a href="${passwordResetUrl}" rel="noreferrer">Forgot your password?</a> Taiga sends you
            a new one.
          </p>`
    }
  </form>`;
}

/** The button is the approval: users are sent to Taiga only after they have seen which app is asking. */
function renderTaigaForm({ basePath, csrfTokens, cancel }: LoginForms): Html {
  const { taiga: csrfToken, login } = csrfTokens;
  if (csrfToken === undefined) return html``;
  const fields = html`<input type="hidden" name="csrf" value="${csrfToken}" />`;
  if (login !== undefined) {
    return html`<form class="other-way" method="post" action="${basePath}/taiga">
        ${fields}
        <button class="button primary" type="submit">Continue to Taiga’s own login</button>
      </form>
      <p class="or"><span>or with a password</span></p>`;
  }
  return html`<form method="post" action="${basePath}/taiga">
    ${fields}
    <p class="small">
      Taiga asks you to log in if necessary and, the first time, to approve the connection. To use
      another account, log out of Taiga
      first.${cancel === undefined ? "" : " If you change your mind there, come back and press Cancel."}
    </p>
    <div class="actions">
      <button class="button primary" type="submit">Continue to Taiga</button>
      ${cancel ?? ""}
    </div>
  </form>`;
}

interface Field {
  name: string;
  label: string;
  error: string | undefined;
  /** Id of an element that describes the field, when it has no error of its own. */
  describedBy?: string | undefined;
  attributes: Html;
}

const renderDescribedBy = (id: string | undefined): Html | "" =>
  id === undefined ? "" : html` aria-describedby="${id}"`;

const renderField = ({ name, label, error, describedBy, attributes }: Field): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      required
      ${attributes}${error === undefined ? renderDescribedBy(describedBy) : html` aria-invalid="true" aria-describedby="${name}-error"`}
    />
    ${error === undefined ? "" : html`<p class="error" id="${name}-error" role="alert">${error}</p>`}
  </div>`;
