import { describe, expect, it } from "vitest";
import type { Fetch } from "../../src/cli/admin-client.ts";
import type { Finding } from "../../src/cli/finding.ts";
import { findPublicAddresses } from "../../src/cli/public-findings.ts";
import { INSTALLATION } from "./examples.ts";

const { issuer, resource } = INSTALLATION;
const ISSUER = `${issuer}/.well-known/oauth-authorization-server`;
const METADATA = "https://mcp.example.com/.well-known/oauth-protected-resource/mcp";

const GOOD_ISSUER = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  code_challenge_methods_supported: ["S256"],
};
const GOOD_METADATA = { resource, authorization_servers: [issuer] };

const json = (body: object): Response => Response.json(body);

const challenge = (header: string): Response =>
  new Response("{}", { status: 401, headers: { "www-authenticate": header } });

const redirect = (): Response =>
  new Response(null, { status: 301, headers: { location: "https://other.example/" } });

type Answers = Record<string, () => Response | Error>;

const GOOD: Answers = {
  [ISSUER]: () => json(GOOD_ISSUER),
  [resource]: () => challenge(`Bearer scope="taiga:read", resource_metadata="${METADATA}"`),
  [METADATA]: () => json(GOOD_METADATA),
};

/** An error as `fetch` throws it: the reason is in its cause. */
const failure = (code: string): Error =>
  new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });

interface Look {
  findings: Finding[];
  /** The requests sent, as `METHOD url`. */
  asked: string[];
}

async function look(
  changes: Answers = {},
  { inContainer = false, addresses = { issuer, resource } } = {},
): Promise<Look> {
  const answers = { ...GOOD, ...changes };
  const asked: string[] = [];
  const fakeFetch: Fetch = async (url, init) => {
    // A followed redirect would hide what clients see.
    const method = init?.redirect === "manual" ? (init.method ?? "GET") : "FOLLOWED";
    asked.push(`${method} ${url}`);
    const answer = answers[url]?.() ?? failure("ECONNREFUSED");
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const findings = await findPublicAddresses(addresses, { fetch: fakeFetch, inContainer });
  return { findings, asked };
}

describe("the public addresses", () => {
  it("are requested without a token, as a client does before its login", async () => {
    const { findings, asked } = await look();
    expect(asked.toSorted()).toEqual([`GET ${ISSUER}`, `GET ${METADATA}`, `POST ${resource}`]);
    expect(findings.map(({ mark }) => mark)).toEqual(["ok", "ok", "ok"]);
  });

  // @rule OPS-5
  it.each<[string, () => Response, RegExp, RegExp]>([
    [ISSUER, redirect, /redirects to https:\/\/other\.example\//, /PUBLIC_URL/],
    [ISSUER, () => new Response("", { status: 404 }), /HTTP 404 instead of 200/, /reverse proxy/],
    [ISSUER, () => new Response("<p>Hi"), /does not return the metadata/, /reverse proxy/],
    [ISSUER, () => new Response("", { status: 502 }), /cannot reach the service/, /runs/],
    [ISSUER, () => new Response("", { status: 421 }), /this host name \(HTTP 421\)/, /Host/],
    [
      ISSUER,
      () => json({ ...GOOD_ISSUER, issuer: `${issuer}/` }),
      /names .* as its issuer/,
      /ISSUER/,
    ],
    [
      ISSUER,
      () => json({ ...GOOD_ISSUER, code_challenge_methods_supported: ["plain"] }),
      /PKCE/,
      /modifies responses/,
    ],
    [
      ISSUER,
      () => json({ ...GOOD_ISSUER, token_endpoint: "https://evil.example/token" }),
      /names https:\/\/evil\.example\/token/,
      /modifies responses/,
    ],
    [
      ISSUER,
      () => json({ ...GOOD_ISSUER, authorization_endpoint: `${issuer}.evil.example/authorize` }),
      /names https:\/\/auth\.example\.com\.evil\.example/,
      /modifies responses/,
    ],
    [resource, () => json({}), /HTTP 200 instead of 401/, /reverse proxy/],
    [resource, () => new Response("", { status: 403 }), /this host name \(HTTP 403\)/, /Host/],
    [resource, () => challenge("Basic"), /does not name its metadata/, /login of its own/],
    [
      resource,
      () => challenge(`Bearer resource_metadata="http://mcp.example.com/x"`),
      /names http:\/\/mcp\.example\.com\/x/,
      /MCP_URL/,
    ],
    [METADATA, () => new Response("", { status: 404 }), /HTTP 404 instead of 200/, /well-known/],
    [METADATA, () => json(GOOD_ISSUER), /does not return the metadata of the MCP/, /reverse proxy/],
    [
      METADATA,
      () => json({ ...GOOD_METADATA, resource: `${resource}/` }),
      /, not https/,
      /MCP_URL/,
    ],
    [
      METADATA,
      () => json({ ...GOOD_METADATA, authorization_servers: ["https://other.example"] }),
      /names https:\/\/other\.example as authorization server/,
      /ISSUER/,
    ],
  ])(
    "fail with a text of their own when the response of %s is wrong",
    async (url, answer, text, advice) => {
      const { findings } = await look({ [url]: answer });
      const [fault, ...others] = findings.filter(({ mark }) => mark !== "ok");
      expect(others).toEqual([]);
      expect(fault).toMatchObject({
        mark: "fail",
        text: expect.stringMatching(text),
        advice: expect.stringMatching(advice),
      });
      expect(fault?.text).toContain(url);
    },
  );

  it.each<[string, Finding["mark"], RegExp]>([
    ["CERT_HAS_EXPIRED", "fail", /Replace the certificate/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "fail", /Replace the certificate/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "warn", /NODE_EXTRA_CA_CERTS/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "warn", /NODE_EXTRA_CA_CERTS/],
    ["ECONNREFUSED", "warn", /Many networks/],
    ["ENOTFOUND", "warn", /Many networks/],
  ])("with %s on the way are a %s", async (code, mark, advice) => {
    const { findings } = await look({ [ISSUER]: () => failure(code) });
    expect(findings[0]).toMatchObject({
      mark,
      text: expect.stringContaining(`${ISSUER} `),
      advice: expect.stringMatching(advice),
    });
    expect(findings[0]?.text).toContain(code);
  });

  it("that time out are a warning, with a command to try elsewhere", async () => {
    const late = new DOMException("late", "TimeoutError");
    const { findings } = await look({ [resource]: () => late });
    expect(findings[1]).toMatchObject({
      mark: "warn",
      text: `${resource} cannot be reached from here (timeout)`,
      copy: `curl -sS -o /dev/null -w '%{http_code}\\n' -X POST ${resource}`,
    });
  });

  it.each<[boolean, Finding["mark"], RegExp]>([
    [true, "warn", /localhost is the container itself/],
    [false, "fail", /Start the service/],
  ])("on localhost, in a container (%s), are a %s", async (inContainer, mark, advice) => {
    const addresses = { issuer: "https://localhost:8443", resource: "https://localhost:8443/mcp" };
    const { findings } = await look({}, { inContainer, addresses });
    expect(findings).toHaveLength(3);
    for (const finding of findings) {
      expect(finding).toMatchObject({ mark, advice: expect.stringMatching(advice) });
    }
  });
});
