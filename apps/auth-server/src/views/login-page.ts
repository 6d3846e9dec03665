import { html } from "hono/html";
import { cancelButton, renderCancelForm } from "./cancel-form.ts";
import type { Html } from "./html.ts";
import { renderLayout } from "./layout.ts";
import { renderAlert, renderCaution } from "./notice.ts";
import { toRedirectTarget } from "./redirect-target.ts";
import {
  renderDocumentHostFact,
  renderRedirectFact,
  renderWhoIsAsking,
  type RequestingClient,
} from "./requesting-client.ts";

export interface LoginPage {
  /** Path of the interaction, without a trailing slash: the forms post below it. */
  basePath: string;
  csrfToken: string;
  cancelCsrfToken: string;
  client: RequestingClient;
  /** The Taiga on which the password is used, as people know it: host and port. */
  taigaHost: string;
  /** What was typed before; a password never comes back. */
  username?: string;
  /** What is wrong with one field. */
  fieldErrors?: { username?: string; password?: string };
  /** What went wrong altogether. */
  alert?: string;
}

/** One page that says who is asking and where it leads, and takes user name and password. */
export function renderLoginPage(page: LoginPage): Promise<string> {
  const { basePath, client, taigaHost, username = "", fieldErrors = {}, alert } = page;
  const target = toRedirectTarget(client.redirectUri, client.documentHost !== undefined);
  const retypePassword = username !== "" && fieldErrors.username === undefined;
  return renderLayout({
    title: "Log in to Taiga",
    content: html` <h1>Log in to Taiga</h1>
      <p class="lead">${renderWhoIsAsking(client)} wants to work in Taiga as you.</p>
      <dl class="facts">
        ${renderDocumentHostFact(client)} ${renderRedirectFact(target)}
        <div>
          <dt>Password for</dt>
          <dd>${taigaHost}<span class="note">the app never sees it</span></dd>
        </div>
      </dl>
      ${renderCaution(target.caution)} ${alert === undefined ? "" : renderAlert(alert)}
      <form method="post" action="${basePath}/login">
        <input type="hidden" name="csrf" value="${page.csrfToken}" />
        ${renderField({
          name: "username",
          label: "User name or e-mail",
          error: fieldErrors.username,
          attributes: html`type="text" autocomplete="username" autocapitalize="none"
          autocorrect="off" spellcheck="false" value="${username}"`,
        })}
        ${renderField({
          name: "password",
          label: "Password",
          error: fieldErrors.password,
          attributes: html`type="password"
          autocomplete="current-password"${retypePassword ? html` autofocus` : ""}`,
        })}
        <div class="actions">
          <button class="button primary" type="submit">Log in and continue</button>
          ${cancelButton}
        </div>
      </form>
      ${renderCancelForm(basePath, page.cancelCsrfToken)}`,
    footer: html`On the next page you choose what the app may do.`,
  });
}

interface Field {
  name: string;
  label: string;
  error: string | undefined;
  attributes: Html;
}

const renderField = ({ name, label, error, attributes }: Field): Html =>
  html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      required
      ${attributes}${error === undefined ? "" : html` aria-invalid="true" aria-describedby="${name}-error"`}
    />
    ${error === undefined ? "" : html`<p class="error" id="${name}-error" role="alert">${error}</p>`}
  </div>`;
