import { parse, type HTMLElement } from "node-html-parser";
import { CookieJar } from "tough-cookie";

/** How many redirects one click may cause. */
const MAX_REDIRECTS = 10;

/** What the scripted browser shows after a click. */
export interface Page {
  url: string;
  status: number;
  headers: Headers;
  text: string;
  document: HTMLElement;
}

/** A click either ends on a page or leaves for an address of the client. */
export type Outcome = { page: Page; left?: undefined } | { left: URL; page?: undefined };

interface ClickOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** A browser of plain HTTP: cookies, redirects and forms, no scripts. */
export interface Browser {
  open(url: string): Promise<Outcome>;
  /** Submits the form whose action ends in `action`, with its preset fields and `values`. */
  submit(page: Page, action: string, values?: Record<string, string>): Promise<Outcome>;
}

/**
 * @param homes origins whose redirects are followed; with a redirect to any other origin, the
 *   browser leaves for the client.
 */
export function createBrowser(...homes: string[]): Browser {
  const jar = new CookieJar();

  async function request(url: string, init: ClickOptions): Promise<Outcome> {
    let target = url;
    let options = init;
    for (let count = 0; count < MAX_REDIRECTS; count += 1) {
      const response = await fetch(target, {
        ...options,
        redirect: "manual",
        headers: {
          accept: "text/html",
          ...options.headers,
          cookie: await jar.getCookieString(target),
        },
      });
      for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, target);
      const location = response.headers.get("location");
      if (location === null) {
        const text = await response.text();
        const { status, headers } = response;
        return { page: { url: target, status, headers, text, document: parse(text) } };
      }
      const next = new URL(location, target);
      if (!homes.includes(next.origin)) return { left: next };
      target = next.href;
      options = {};
    }
    throw new Error(`more than ${MAX_REDIRECTS} redirects, the last to ${target}`);
  }

  return {
    open: (url) => request(url, {}),
    submit: (page, action, values = {}) => {
      const form = page.document
        .querySelectorAll("form")
        .find((candidate) => candidate.getAttribute("action")?.endsWith(action));
      if (form === undefined) throw new Error(`no form ${action} on this page:\n${page.text}`);
      return request(new URL(form.getAttribute("action") ?? "", page.url).href, {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: new URL(page.url).origin,
        },
        body: new URLSearchParams({ ...presetFields(form), ...values }).toString(),
      });
    },
  };
}

/** The form fields that a browser sends when the user types nothing. */
function presetFields(form: HTMLElement): Record<string, string> {
  const inputs = form.querySelectorAll("input").filter((input) => {
    const type = input.getAttribute("type") ?? "text";
    if (type === "radio" || type === "checkbox") return input.hasAttribute("checked");
    return type !== "submit";
  });
  return Object.fromEntries(
    inputs.map((input) => [input.getAttribute("name") ?? "", input.getAttribute("value") ?? ""]),
  );
}

export interface Approval {
  username: string;
  password?: string;
  /** The access level to choose; the preselected one by default. */
  access?: string;
  /** The slug of the only project to choose; all projects by default. */
  project?: string;
  /** Logs in on the pages of this Taiga, instead of giving the password to the auth-server. */
  taigaOrigin?: string;
}

/**
 * Plays the user: opens the authorization URL, logs in to Taiga, consents.
 * @returns the final redirect: the client's redirect URI with the authorization response.
 */
export async function approve(authorizationUrl: string | URL, approval: Approval): Promise<URL> {
  const { username, password = `${username}-password`, access, project } = approval;
  const { taigaOrigin } = approval;
  const { origin } = new URL(authorizationUrl);
  const browser = createBrowser(origin, ...(taigaOrigin === undefined ? [] : [taigaOrigin]));
  const first = expectPage(await browser.open(String(authorizationUrl)));
  const login =
    taigaOrigin === undefined ? first : expectPage(await browser.submit(first, "/taiga"));
  const next = expectPage(await browser.submit(login, "/login", { username, password }));
  // Taiga asks for consent to the application once per user.
  const isAsked = new URL(next.url).origin === taigaOrigin;
  const consent = isAsked ? expectPage(await browser.submit(next, "/external-apps")) : next;
  const end = await browser.submit(consent, "/consent", {
    ...(access !== undefined && { access }),
    ...(project !== undefined && { projects: "chosen", project: idOf(project, consent) }),
  });
  if (end.left === undefined) throw new Error(`the consent page led to:\n${end.page.text}`);
  return end.left;
}

/** The value of a project's checkbox on the consent page. */
function idOf(slug: string, { document }: Page): string {
  const labels = document.querySelectorAll(".project label");
  const label = labels.find((one) => one.querySelector(".slug")?.text === slug);
  if (label === undefined) throw new Error(`no project ${slug} on this page`);
  return label.getAttribute("for")?.replace("project-", "") ?? "";
}

function expectPage(outcome: Outcome): Page {
  if (outcome.page === undefined) throw new Error(`left for ${outcome.left.href} too early`);
  if (outcome.page.status !== 200) {
    throw new Error(`status ${outcome.page.status} at ${outcome.page.url}:\n${outcome.page.text}`);
  }
  return outcome.page;
}
