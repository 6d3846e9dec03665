import type { TaigaHttpRequest, TaigaTransport } from "@taiga-mcp/taiga-client";

/** `GET /users/me` */
export const ME = {
  id: 5,
  username: "ana",
  full_name: "Ana",
  full_name_display: "Ana",
  is_active: true,
  email: "ana@taiga.test",
};

/** A project of `GET /projects` in which the user has these permissions. */
export const projectWith = (permissions: readonly string[]) => ({
  id: 1,
  name: "Rocket",
  slug: "rocket",
  created_date: "2026-01-01T00:00:00.000Z",
  modified_date: "2026-01-01T00:00:00.000Z",
  members: [5],
  my_permissions: permissions,
  i_am_member: true,
});

export interface FakeTaiga extends TaigaTransport {
  /** Tokens that Taiga accepts. */
  tokens: Set<string>;
  requests: TaigaHttpRequest[];
  /** Answers by path; 404 for others. */
  answers: Map<string, unknown>;
}

/** A Taiga transport that checks the token and returns the configured answers. */
export function createFakeTaiga(): FakeTaiga {
  const tokens = new Set<string>();
  const answers = new Map<string, unknown>();
  const requests: TaigaHttpRequest[] = [];
  return {
    tokens,
    answers,
    requests,
    async send(request) {
      requests.push(request);
      const token = request.headers["authorization"]?.replace(/^Bearer /, "");
      if (token === undefined || !tokens.has(token)) {
        return json(401, {
          detail: "Given token not valid for any token type",
          code: "token_not_valid",
        });
      }
      const answer = answers.get(request.path);
      return answer === undefined ? json(404, { _error_message: "Not found." }) : json(200, answer);
    },
    close: async () => {},
  };
}

const json = (status: number, body: unknown) => ({
  status,
  headers: { "content-type": "application/json" },
  text: JSON.stringify(body),
});
