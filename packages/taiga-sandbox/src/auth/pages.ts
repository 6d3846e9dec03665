/** The pages of Taiga's front that a login through an external application needs. */

/** An HTML fragment that is already escaped. */
interface Markup {
  markup: string;
}

const escape = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

/** Escapes every value that is not an HTML fragment. */
const html = (parts: TemplateStringsArray, ...values: (string | Markup)[]): Markup => ({
  markup: parts
    .map((part, index) => {
      const value = values[index] ?? "";
      return part + (typeof value === "string" ? escape(value) : value.markup);
    })
    .join(""),
});

const style: Markup = {
  markup: `<style>
:root { color-scheme: light dark; --page: #eef1f4; --card: #fff; --text: #2e3440; --muted: #5b6472; --line: #d8dee9; --field: #7b8494; --accent: #00786b; --on-accent: #fff; --alert: #a3231b; }
@media (prefers-color-scheme: dark) { :root { --page: #191d24; --card: #242933; --text: #eceff4; --muted: #aeb6c4; --line: #3b4252; --field: #7b8799; --accent: #83eede; --on-accent: #13302c; --alert: #ff9d92; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; grid-template-columns: minmax(0, 24rem); align-content: center; justify-content: center; padding: 1.5rem 1rem; background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { padding: 2rem 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
.brand { margin: 0 0 1.25rem; font-size: .875rem; color: var(--muted); }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.3; }
p { margin: 0 0 1rem; }
label { display: block; margin-bottom: .75rem; font-size: .875rem; font-weight: 600; }
input { display: block; width: 100%; height: 2.75rem; margin-top: .25rem; padding: 0 .75rem; border: 1px solid var(--field); border-radius: .25rem; background: transparent; color: inherit; font: inherit; font-weight: 400; }
button { width: 100%; min-height: 2.75rem; margin-top: .5rem; border: 0; border-radius: .25rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
button.plain { border: 1px solid var(--field); background: transparent; color: inherit; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.alert { color: var(--alert); }
.note { margin: 1rem 0 0; font-size: .875rem; color: var(--muted); }
</style>`,
};

const toPage = (title: string, content: Markup): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Taiga sandbox</title>
        ${style}
      </head>
      <body>
        <main>
          <p class="brand">Taiga sandbox</p>
          ${content}
        </main>
      </body>
    </html> `.markup;

/**
 * @param next path of this server to redirect to afterwards.
 * @param refusedName the typed user name, if the login failed.
 */
export function renderLogin(next: string, refusedName?: string): string {
  const alert = html`<p class="alert" role="alert">User name or password is wrong.</p>`;
  const content = html`<h1>Log in</h1>
    ${refusedName === undefined ? "" : alert}
    <form method="post" action="/login">
      <input type="hidden" name="next" value="${next}" />
      <label
        >User name or e-mail<input
          name="username"
          autocomplete="username"
          required
          value="${refusedName ?? ""}"
      /></label>
      <label
        >Password<input name="password" type="password" autocomplete="current-password" required
      /></label>
      <button>Log in</button>
    </form>
    <p class="note">
      The people of the demo are alice, bob, carol and stan; each password is the name with
      “-password” behind it.
    </p>`;
  return toPage("Log in", content);
}

export function renderLoggedIn(name: string): string {
  const content = html`<h1>You are logged in</h1>
    <p>As <strong>${name}</strong>.</p>
    <form method="post" action="/logout"><button class="plain">Log out</button></form>`;
  return toPage("Logged in", content);
}

export function renderConsent(page: {
  application: string;
  applicationId: string;
  state: string;
  user: string;
}): string {
  const content = html`<h1>${page.application} wants to use your account</h1>
    <p>
      It will be able to do in Taiga everything that you, <strong>${page.user}</strong>, can do,
      until you end it.
    </p>
    <form method="post" action="/external-apps">
      <input type="hidden" name="application" value="${page.applicationId}" />
      <input type="hidden" name="state" value="${page.state}" />
      <button>Authorize</button>
    </form>
    <p class="note">If you do not want that, go back with your browser.</p>`;
  return toPage("Authorize an application", content);
}
