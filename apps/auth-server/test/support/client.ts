import { createHash, randomBytes } from "node:crypto";
import { CookieJar } from "tough-cookie";
import { RESOURCE, RESOURCE_SERVER, type System } from "./system.ts";

export const REDIRECT_URI = "http://127.0.0.1:7777/callback";

/** A response with its body read, and parsed when it is JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // Bodies have many shapes; a test reads the members it expects.
  json: Record<string, unknown>;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  scope: string;
  expires_in: number;
}

/** The tokens of a successful token response. */
export const toTokens = (answer: Answer): Tokens => answer.json as unknown as Tokens;

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export const request = async (url: string, init: RequestInit = {}): Promise<Answer> =>
  read(await fetch(url, { redirect: "manual", ...init }));

export const postForm = (
  url: string,
  form: Record<string, string> | URLSearchParams,
  headers: Record<string, string> = {},
): Promise<Answer> => request(url, { method: "POST", headers, body: new URLSearchParams(form) });

export const postJson = (url: string, body: unknown): Promise<Answer> =>
  request(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** A public client, as MCP clients register. */
export async function register(
  system: Pick<System, "issuer">,
  metadata: object = {},
): Promise<string> {
  const answer = await postJson(`${system.issuer}/register`, {
    client_name: "Test client",
    redirect_uris: [REDIRECT_URI],
    ...metadata,
  });
  if (answer.status !== 201) throw new Error(`Registration failed: ${answer.text}`);
  return answer.json["client_id"] as string;
}

export interface Pkce {
  verifier: string;
  challenge: string;
}

export function createPkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Parameters of an ordinary authorization request; `undefined` leaves one out. */
export function toAuthorizeParams(
  clientId: string,
  pkce: Pkce,
  overrides: Record<string, string | undefined> = {},
): URLSearchParams {
  const params = {
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code_challenge: pkce.challenge,
    code_challenge_method: "S256",
    state: "the-state",
    scope: "taiga:write",
    resource: RESOURCE,
    ...overrides,
  };
  return new URLSearchParams(
    Object.entries(params).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}

/** A browser: follows redirects on the server's origin and keeps cookies. */
export interface Browser {
  jar: CookieJar;
  /** Sends one request with cookies, without following redirects. */
  open(url: string, init?: RequestInit): Promise<Answer>;
  /** Follows redirects until one leads to the client, or a page is shown. */
  follow(url: string, init?: RequestInit): Promise<{ page: Answer; leftFor: URL | undefined }>;
}

export function createBrowser(issuer: string): Browser {
  const jar = new CookieJar();
  async function open(url: string, init: RequestInit = {}): Promise<Answer> {
    const cookie = await jar.getCookieString(url);
    const headers = new Headers(init.headers);
    if (cookie !== "") headers.set("cookie", cookie);
    if (!headers.has("accept")) headers.set("accept", "text/html");
    const answer = await request(url, { ...init, headers });
    await Promise.all(answer.headers.getSetCookie().map((line) => jar.setCookie(line, url)));
    return answer;
  }
  return {
    jar,
    open,
    follow: async (url, init) => {
      let page = await open(url, init);
      for (let hops = 0; hops < 12; hops += 1) {
        const location = page.headers.get("location");
        if (location === null) return { page, leftFor: undefined };
        const next = new URL(location, issuer);
        if (next.origin !== issuer) return { page, leftFor: next };
        page = await open(next.href);
      }
      throw new Error("The browser was sent in a circle.");
    },
  };
}

/** Runs from /authorize to the code, in a new browser unless one is given. */
export async function authorize(
  system: Pick<System, "issuer">,
  params: URLSearchParams,
  browser: Browser = createBrowser(system.issuer),
): Promise<URLSearchParams> {
  const { page, leftFor } = await browser.follow(`${system.issuer}/authorize?${params.toString()}`);
  if (leftFor === undefined) throw new Error(`No redirect: ${page.status} ${page.text}`);
  return leftFor.searchParams;
}

export const exchangeCode = (
  system: Pick<System, "issuer">,
  clientId: string,
  code: string,
  pkce: Pkce,
  overrides: Record<string, string> = {},
): Promise<Answer> =>
  postForm(`${system.issuer}/token`, {
    grant_type: "authorization_code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    code,
    code_verifier: pkce.verifier,
    resource: RESOURCE,
    ...overrides,
  });

export const refresh = (
  system: Pick<System, "issuer">,
  clientId: string,
  refreshToken: string,
  overrides: Record<string, string> = {},
): Promise<Answer> =>
  postForm(`${system.issuer}/token`, {
    grant_type: "refresh_token",
    client_id: clientId,
    refresh_token: refreshToken,
    resource: RESOURCE,
    ...overrides,
  });

/** Connects a client: registration, authorization and code exchange. */
export async function connect(
  system: Pick<System, "issuer">,
  options: {
    clientId?: string;
    params?: Record<string, string | undefined>;
    browser?: Browser;
  } = {},
): Promise<{ clientId: string; tokens: Tokens }> {
  const clientId = options.clientId ?? (await register(system));
  const pkce = createPkce();
  const params = toAuthorizeParams(clientId, pkce, options.params);
  const redirect = await authorize(system, params, options.browser);
  const code = redirect.get("code");
  if (code === null) throw new Error(`No code: ${redirect.toString()}`);
  const answer = await exchangeCode(system, clientId, code, pkce);
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.text}`);
  return { clientId, tokens: toTokens(answer) };
}

export const basicAuth = ({ clientId, clientSecret } = RESOURCE_SERVER): Record<
  string,
  string
> => ({
  authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`,
});

export const introspect = (
  url: string,
  token: string,
  headers: Record<string, string> = basicAuth(),
): Promise<Answer> => postForm(`${url}/introspect`, { token }, headers);

export const revoke = (system: System, clientId: string, token: string): Promise<Answer> =>
  postForm(`${system.issuer}/revoke`, { client_id: clientId, token });
