import { html } from "hono/html";
import { renderLayout } from "../../pages/views/layout.ts";
import {
  type LoginForms,
  renderLoginFact,
  renderLoginForms,
} from "../../pages/views/login-page.ts";

/** The login of the account pages: no app is asking here. */
export const renderAccountLoginPage = (forms: LoginForms): Promise<string> =>
  renderLayout({
    title: "Log in to see your connections",
    content: html` <h1>Your connections</h1>
      <p class="lead">
        Log in to Taiga to see which apps can work in your name, and to disconnect them.
      </p>
      <dl class="facts">${renderLoginFact(forms)}</dl>
      ${renderLoginForms(forms)}`,
    footer: html`This page uses your login once, to know who you are, and does not keep it.`,
  });
