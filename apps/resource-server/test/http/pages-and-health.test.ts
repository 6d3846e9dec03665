import { UnavailableError } from "@taiga-mcp/service";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type Harness, type HarnessOptions, startHarness } from "../support/harness.ts";

async function withServer(options: HarnessOptions, test: (rs: Harness) => Promise<void>) {
  const rs = await startHarness(options);
  try {
    await test(rs);
  } finally {
    await rs.close();
  }
}

describe("GET /", () => {
  it("tells a browser what this is, its address, and the line for Claude Code", () =>
    withServer({}, async (rs) => {
      const response = await fetch(rs.url, { headers: { accept: "text/html,*/*;q=0.8" } });
      expect(response.headers.get("content-type")).toContain("text/html");
      const page = await response.text();
      expect(page).toContain(`claude mcp add --transport http taiga ${rs.mcp}`);
      expect(page).toContain("https://taiga.test");
      expect(page).not.toMatch(/<script|onclick|style=/);
    }));

  it("is styled under its content security policy, which allows exactly this style", () =>
    withServer({}, async (rs) => {
      const response = await fetch(rs.url, { headers: { accept: "text/html" } });
      const style =
        /<style>(?<css>.*)<\/style>/s.exec(await response.text())?.groups?.["css"] ?? "";
      const hash = createHash("sha256").update(style).digest("base64");
      expect(response.headers.get("content-security-policy")).toContain(
        `style-src 'sha256-${hash}'`,
      );
    }));

  it("gives a program the same as JSON", () =>
    withServer({}, async (rs) => {
      expect(await (await fetch(rs.url)).json()).toMatchObject({ mcp_url: rs.mcp });
    }));

  it("escapes all values, even those of the operator", () =>
    withServer(
      { config: { taigaSite: { name: "x", url: `https://x/"><img src=x onerror='a'>&` } } },
      async (rs) => {
        const page = await (await fetch(rs.url, { headers: { accept: "text/html" } })).text();
        expect(page).not.toContain("<img");
        expect(page).toContain("&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&amp;");
      },
    ));

  it("loads nothing and cannot be framed", () =>
    withServer({}, async (rs) => {
      const { headers } = await fetch(rs.url);
      expect(headers.get("content-security-policy")).toMatch(
        /^default-src 'none';style-src 'sha256-[^']+';base-uri 'none';form-action 'none';frame-ancestors 'none'$/,
      );
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("strict-transport-security")).toBeNull();
    }));
});

describe("health", () => {
  it("is up as soon as the process is", () =>
    withServer({ store: failingStore }, async (rs) => {
      const response = await fetch(`${rs.url}/healthz`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ status: "ok" });
    }));

  it("is ready when store and authorization server answer", () =>
    withServer({}, async (rs) => {
      const response = await fetch(`${rs.url}/readyz`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        status: "ok",
        checks: { store: "ok", auth_server: "ok", credentials: "ok" },
      });
    }));

  // @rule OUTAGE-6
  it("names the failing dependency when it is not ready", () =>
    withServer({ store: failingStore }, async (rs) => {
      rs.authServer.broken = { status: 503, body: {} };
      const response = await fetch(`${rs.url}/readyz`);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({
        status: "unavailable",
        checks: { store: "unavailable", auth_server: "unavailable", credentials: "ok" },
      });
    }));
});

const failingStore = {
  ping: async () => {
    throw new UnavailableError("The store does not answer.");
  },
};
