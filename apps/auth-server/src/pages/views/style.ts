/**
 * The style of all pages: one card, one accent colour, light and dark. Colours meet WCAG 2.2 AA on
 * their backgrounds. The content security policy allows styles from this server only.
 */
export const css = `
:root {
  color-scheme: light dark;
  --page: #f3f5f3;
  --card: #ffffff;
  --sunken: #f6f8f6;
  --line: #dbe2de;
  --line-strong: #84918c;
  --text: #17211f;
  --muted: #54625e;
  --accent: #0b6a64;
  --accent-strong: #07524d;
  --on-accent: #ffffff;
  --accent-wash: #e9f4f2;
  --alert: #a3231b;
  --alert-wash: #fdf0ee;
  --alert-line: #efc8c3;
  --caution: #74500a;
  --caution-wash: #fdf6e3;
  --caution-line: #ecd9a6;
  --shadow: 0 1px 2px rgb(16 32 28 / 6%), 0 12px 32px -12px rgb(16 32 28 / 14%);
}

@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1413;
    --card: #161e1d;
    --sunken: #1b2524;
    --line: #2b3836;
    --line-strong: #738480;
    --text: #e7eeec;
    --muted: #a4b3af;
    --accent: #63d2c6;
    --accent-strong: #8be3d9;
    --on-accent: #06211e;
    --accent-wash: #16302d;
    --alert: #ff9d92;
    --alert-wash: #331b19;
    --alert-line: #5e2f2b;
    --caution: #f0c869;
    --caution-wash: #2c2412;
    --caution-line: #55461f;
    --shadow: none;
  }
}

*, *::before, *::after { box-sizing: border-box; }

html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }

body {
  margin: 0;
  min-height: 100vh;
  min-height: 100dvh;
  display: flex;
  flex-direction: column;
  align-items: center;
  padding: clamp(1.25rem, 7vh, 4.5rem) clamp(0.75rem, 4vw, 2rem) 2rem;
  background: var(--page);
  color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  -webkit-font-smoothing: antialiased;
  overflow-wrap: break-word;
}

.shell { width: 100%; max-width: 28rem; }
.shell.wide { max-width: 40rem; }
.shell.roomy { max-width: 50rem; }
html { scroll-padding-bottom: 6rem; }
[hidden] { display: none !important; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.shell.roomy .card { padding: clamp(1.125rem, 4vw, 1.75rem); padding-bottom: 0; }
.shell.roomy .brand { margin-bottom: 0.625rem; }
.shell.roomy footer { margin-top: 0.625rem; }
body:has(.roomy) { padding-top: clamp(0.75rem, 2.5vh, 2rem); padding-bottom: 0.625rem; }
.parties { display: grid; grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr); gap: 0.875rem; align-items: center; margin-top: 0.75rem; padding: 0.5625rem 0.9375rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--sunken); line-height: 1.35; }
.party .name { font-weight: 650; overflow-wrap: anywhere; }
.arrow { color: var(--accent); font-size: 1.5rem; line-height: 1; }
.route { margin-top: 0.75rem; }
.route strong { color: var(--text); font-weight: 600; }
.quiet-text { margin-top: 0.125rem; }
.forgot { margin-top: 0.875rem; text-align: center; }
.clients details { padding: 0.75rem 0.9375rem; border: 1px solid var(--line); border-radius: 0.75rem; }
.clients details + details { margin-top: 0.5rem; }
.clients summary { font-weight: 600; cursor: pointer; }
.clients details > p { margin-top: 0.5rem; color: var(--muted); }
.clients .copy { margin-top: 0.5rem; }
.clients p:has(> [hidden]) { display: none; }
.more { margin-top: 0.5rem; }
.more summary { padding: 0.25rem 0.125rem; font-size: 0.9375rem; font-weight: 600; color: var(--accent); cursor: pointer; }
.more .choice { margin-top: 0.5rem; }
.filter { position: sticky; top: -0.375rem; z-index: 1; padding: 0.375rem 0.25rem; margin-top: -0.375rem; background: var(--sunken); }
.filter input { width: 100%; height: 2.25rem; padding: 0 0.625rem; border: 1px solid var(--line-strong); border-radius: 0.5rem; background: var(--card); color: inherit; font: inherit; }


.brand {
  display: flex;
  align-items: center;
  gap: 0.625rem;
  margin: 0 0 1.25rem 0.25rem;
  font-weight: 600;
  letter-spacing: -0.005em;
}
.brand svg { display: block; width: 1.75rem; height: 1.75rem; color: var(--accent); }

.card {
  padding: clamp(1.375rem, 6vw, 2.25rem);
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 1rem;
  box-shadow: var(--shadow);
}

h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -0.018em; text-wrap: balance; }
h2 { margin: 2rem 0 0.5rem; font-size: 1rem; line-height: 1.4; font-weight: 650; }
p { margin: 0; }
.lead { margin-top: 0.625rem; color: var(--muted); text-wrap: pretty; }
.lead strong { color: var(--text); font-weight: 600; }
strong, dd, code { overflow-wrap: anywhere; }
.small { font-size: 0.875rem; line-height: 1.5; color: var(--muted); }

a { color: var(--accent); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
a:hover { color: var(--accent-strong); text-decoration-thickness: 2px; }

code {
  padding: 0.125em 0.375em;
  border-radius: 0.3125rem;
  background: var(--sunken);
  font: 0.9em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
.command { display: block; margin-top: 0.5rem; padding: 0.75rem 0.875rem; border: 1px solid var(--line); border-radius: 0.625rem; font-size: 0.875rem; }

.facts { margin: 1.5rem 0 0; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--sunken); }
.facts > div { display: grid; grid-template-columns: 6.5rem minmax(0, 1fr); gap: 0 0.75rem; padding: 0.6875rem 0.9375rem; }
.facts > div + div { border-top: 1px solid var(--line); }
.facts dt { font-size: 0.875rem; line-height: 1.5rem; color: var(--muted); }
.facts dd { margin: 0; line-height: 1.5rem; font-weight: 600; }
.facts .note { display: block; font-size: 0.8125rem; line-height: 1.25rem; font-weight: 400; color: var(--muted); }

@media (max-width: 24rem) {
  .facts > div { grid-template-columns: minmax(0, 1fr); }
  .facts dt { font-size: 0.8125rem; line-height: 1.25rem; }
}

.notice {
  display: flex;
  gap: 0.625rem;
  margin-top: 1rem;
  padding: 0.75rem 0.9375rem;
  border: 1px solid var(--caution-line);
  border-radius: 0.75rem;
  background: var(--caution-wash);
  color: var(--caution);
  font-size: 0.875rem;
  line-height: 1.45;
}
.notice.alert { border-color: var(--alert-line); background: var(--alert-wash); color: var(--alert); }
.notice.done { border-color: var(--accent); background: var(--accent-wash); color: var(--text); }
.notice svg { flex: none; width: 1.125rem; height: 1.125rem; margin-top: 0.0625rem; }
.notice div { min-width: 0; }

form { margin: 1.5rem 0 0; }
.field + .field { margin-top: 1.125rem; }
.field label { display: block; margin-bottom: 0.375rem; font-size: 0.875rem; line-height: 1.25rem; font-weight: 600; }
.field input {
  display: block;
  width: 100%;
  height: 2.875rem;
  padding: 0 0.8125rem;
  border: 1px solid var(--line-strong);
  border-radius: 0.625rem;
  background: var(--card);
  color: inherit;
  font: inherit;
  transition: border-color 120ms, box-shadow 120ms;
}
.field input:hover { border-color: var(--muted); }
.field input[aria-invalid="true"] { border-color: var(--alert); box-shadow: inset 0 0 0 1px var(--alert); }
.error { margin-top: 0.375rem; font-size: 0.875rem; line-height: 1.4; color: var(--alert); }

:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }

.other { display: inline-block; margin-top: 0.125rem; font-size: 0.875rem; }

fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: 0.625rem; font-weight: 650; }
.choice { position: relative; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 0.75rem; padding: 0.8125rem 0.9375rem; border: 1px solid var(--line); border-radius: 0.75rem; transition: border-color 120ms, background-color 120ms; }
.choice + .choice { margin-top: 0.5rem; }
.choice:hover { border-color: var(--line-strong); }
.choice:has(input:checked) { border-color: var(--accent); background: var(--accent-wash); box-shadow: inset 0 0 0 1px var(--accent); }
.choice:has(input:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.choice input { width: 1.125rem; height: 1.125rem; margin: 0.1875rem 0 0; accent-color: var(--accent); }
.choice input:focus-visible { outline: none; }
.choice label { font-weight: 600; line-height: 1.5rem; }
.choice label::after { content: ""; position: absolute; inset: 0; cursor: pointer; }
.choice p { grid-column: 2; font-size: 0.875rem; line-height: 1.45; color: var(--muted); }
fieldset + fieldset { margin-top: 1.5rem; }
.projects > .small { margin-top: 0.625rem; }
.project-list { max-height: min(20rem, 60vh); margin-top: 0.5rem; padding: 0.375rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--sunken); }
.projects:has(#projects-all:checked) .project-list { display: none; }
.project { position: relative; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0 0.75rem; padding: 0.4375rem 0.5625rem; border-radius: 0.5rem; }
.project:hover { background: var(--card); }
.project input { width: 1.125rem; height: 1.125rem; margin: 0.1875rem 0 0; accent-color: var(--accent); }
.project label { line-height: 1.5rem; overflow-wrap: anywhere; cursor: pointer; }
.project label::after { content: ""; position: absolute; inset: 0; }
.project .slug { margin-left: 0.25rem; font-size: 0.8125rem; color: var(--muted); }
fieldset + .small { margin-top: 0.75rem; }

form.consent { margin-top: 0.875rem; }
form.consent .choice { padding: 0.5625rem 0.8125rem; }
form.consent .notice { margin: 0 0 0.625rem; }
.questions { display: grid; gap: 1.25rem; align-items: start; }
.questions fieldset + fieldset { margin-top: 0; }
.questions + .small { margin-top: 0.75rem; }
.questions .project-list { max-height: 13rem; }
@media (min-width: 48rem) { .questions { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@media (max-width: 30rem) {
  .parties { grid-template-columns: minmax(0, 1fr); gap: 0.375rem; }
  .parties .arrow { transform: rotate(90deg); justify-self: start; }
  .questions .project-list { max-height: 40vh; }
}
.older + .small { margin-top: 0.25rem; }
.actions { display: grid; gap: 0.625rem; margin-top: 1.5rem; }
.actions.sticky { position: sticky; bottom: 0; z-index: 2; margin: 0.875rem calc(-1 * clamp(1.125rem, 4vw, 1.75rem)) 0; padding: 0.875rem clamp(1.125rem, 4vw, 1.75rem); border-top: 1px solid var(--line); border-radius: 0 0 1rem 1rem; background: var(--card); grid-template-columns: 1fr auto; }
@media (min-width: 26rem) { .actions { grid-template-columns: 1fr auto; } }
.button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 2.875rem;
  padding: 0.5rem 1.25rem;
  border: 1px solid transparent;
  border-radius: 0.625rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
  transition: background-color 120ms, border-color 120ms;
}
.button.primary { background: var(--accent); color: var(--on-accent); }
.button.primary:hover { background: var(--accent-strong); color: var(--on-accent); }
.button.quiet { border-color: var(--line-strong); background: transparent; color: inherit; }
.button.quiet:hover { background: var(--sunken); border-color: var(--muted); }

.or { display: flex; align-items: center; gap: 0.75rem; margin-top: 1.5rem; font-size: 0.875rem; color: var(--muted); }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.other-way { margin-top: 1rem; }
.other-way .button { width: 100%; }

.advice { margin-top: 0.875rem; }
.steps { margin: 0.5rem 0 0; padding-left: 1.25rem; }
.steps li + li { margin-top: 0.375rem; }

.connection + .connection, .lead + .connection { margin-top: 1.75rem; }
.connection h2 { margin-bottom: 0; overflow-wrap: anywhere; }
.connection .facts { margin-top: 0.625rem; }
.connection .facts > div { padding: 0.3125rem 0.9375rem; border: 0; }
.connection .facts dd { font-weight: 400; }
.connection .actions { grid-template-columns: 1fr 1fr; margin-top: 0.75rem; }
.button.ends { color: var(--alert); }
.all { margin-top: 1.25rem; }
form.leave { margin-top: 2rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
form.leave .button { width: 100%; }
.activity { margin: 0; padding: 0; list-style: none; font-size: 0.9375rem; }
.activity li { padding: 0.5rem 0; overflow-wrap: anywhere; }
.activity li + li { border-top: 1px solid var(--line); }
.activity .when { white-space: nowrap; }

footer { margin: 1.25rem 0.25rem 0; font-size: 0.8125rem; line-height: 1.5; color: var(--muted); }
footer a { color: inherit; }
footer p + p { margin-top: 0.25rem; }
footer code { padding: 0; background: none; }

@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { transition: none !important; }
}

@media (forced-colors: active) {
  .choice:has(input:checked) { border-width: 2px; }
}
`.trim();
