import { systemClock } from "@taiga-mcp/service";
import { TaigaError, type TaigaHttpRequest, type TaigaTransport } from "@taiga-mcp/taiga-client";
import { decodeJwt } from "jose";
import { createTaigaChains, type TaigaChains } from "./taiga-chains.ts";

export const PASSWORD = "correct";
/** The only code that Taiga's pages return a browser with. */
export const AUTH_CODE = "0f8fad5b-d9cb-469f-a165-70867728950e";
const APPLICATION_TOKEN = "application-token";

/** A Taiga in which users log in with a password or on its own pages. */
export interface FakeTaiga extends TaigaTransport, Pick<TaigaChains, "presented" | "next"> {
  /** Every user name whose password was checked. */
  checked: string[];
  /** Users that its administrator has deactivated. */
  inactive: Set<string>;
  /** Whether it does not answer. */
  isDown: boolean;
}

/**
 * @param ids user ids by name.
 * @param onItsPages the user who logs in on Taiga's pages.
 */
export function createFakeTaiga(ids: Record<string, number>, onItsPages = "bob"): FakeTaiga {
  const chains = createTaigaChains(systemClock);

  const toMe = (username: string): object => ({
    id: ids[username] ?? 0,
    username,
    full_name_display: username,
    email: `${username}@example.com`,
    verified_email: true,
    is_active: !taiga.inactive.has(username),
  });

  function logIn({ username = "", password }: Record<string, string>): object {
    taiga.checked.push(username);
    if (password !== PASSWORD || !(username in ids)) {
      throw new TaigaError("invalid_credentials", "No active account found", { status: 401 });
    }
    const { token, refreshToken } = chains.login({ username });
    return { ...toMe(username), auth_token: token, refresh: refreshToken };
  }

  async function refresh(refreshToken = ""): Promise<object> {
    const pair = await chains.refresh(refreshToken, new AbortController().signal);
    return { auth_token: pair.authToken, refresh: pair.refreshToken };
  }

  function validate({ auth_code: code }: Record<string, string>): object {
    if (code !== AUTH_CODE) throw new TaigaError("not_found", "No such token", { status: 404 });
    return { token: APPLICATION_TOKEN };
  }

  async function answer({ method, path, headers, body }: TaigaHttpRequest): Promise<object> {
    if (taiga.isDown) return isAway();
    const sent = JSON.parse(typeof body === "string" ? body : "{}") as Record<string, string>;
    const [scheme, token = ""] = headers["Authorization"]?.split(" ") ?? [];
    switch (`${method} ${path}`) {
      case "POST /auth":
        return logIn(sent);
      case "POST /auth/refresh":
        return await refresh(sent["refresh"]);
      case "POST /application-tokens/validate":
        return validate(sent);
      case "GET /users/me":
        return toMe(scheme === "Bearer" ? String(decodeJwt(token)["username"]) : onItsPages);
      case "GET /projects":
      case "GET /application-tokens":
        return [];
      default:
        throw new Error(`${method} ${path} is not expected here.`);
    }
  }

  const taiga: FakeTaiga = {
    // The same arrays: a test that changes `next` changes the chains' answers.
    presented: chains.presented,
    next: chains.next,
    checked: [],
    inactive: new Set(),
    isDown: false,
    send: async (request) => ({
      status: 200,
      headers: {},
      text: JSON.stringify(await answer(request)),
    }),
    close: async () => undefined,
  };
  return taiga;
}

/** Fails as when Taiga or its proxy does not answer. */
export const isAway = (): never => {
  throw new TaigaError("unavailable", "Taiga does not answer");
};
