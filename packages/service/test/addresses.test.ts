import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment, resolveAddresses, sharedSettings } from "../src/index.ts";

const resolve = (environment: Record<string, string>) =>
  resolveAddresses(readEnvironment(z.object(sharedSettings), environment));

const DEMO = { name: "the demo Taiga" };
const IN_CONTAINER = { RUNNING_IN_CONTAINER: "true", ALLOW_HTTP_TAIGA: "true" };

describe("resolveAddresses", () => {
  it("is all on this machine without any setting", () => {
    expect(resolve({})).toEqual({
      issuer: "http://localhost:3001",
      resource: "http://localhost:3002/mcp",
      taigaApiUrl: "http://localhost:3003/api/v1",
      taigaWebUrl: "http://localhost:3003",
      taigaSite: { name: "the demo Taiga" },
    });
  });

  it("follows a changed port in both services, so that one variable is enough", () => {
    expect(resolve({ AUTH_SERVER_PORT: "4001", RESOURCE_SERVER_PORT: "4002" })).toMatchObject({
      issuer: "http://localhost:4001",
      resource: "http://localhost:4002/mcp",
    });
  });

  it("puts both services on PUBLIC_URL, unless one has an address of its own", () => {
    const settings = {
      PUBLIC_URL: "https://mcp.example.com",
      TAIGA_API_URL: "https://taiga.example.com",
    };
    expect(resolve(settings)).toMatchObject({
      issuer: "https://mcp.example.com",
      resource: "https://mcp.example.com/mcp",
      taigaWebUrl: "https://taiga.example.com",
    });
    const issuer = "https://auth.example.com";
    expect(resolve({ ...settings, ISSUER: issuer }).issuer).toBe(issuer);
  });

  // @rule KEYS-6
  it.each(["PUBLIC_URL", "ISSUER"])("refuses the sandbox when %s is public", (name) => {
    expect(() => resolve({ [name]: "https://mcp.example.com" })).toThrow(
      /TAIGA_API_URL is not set/,
    );
  });

  it("refuses the sandbox when only the MCP endpoint is public", () => {
    expect(() => resolve({ MCP_URL: "https://mcp.example.com/mcp" })).toThrow(
      /TAIGA_API_URL is not set/,
    );
  });

  it.each(["http://localhost:9000", "http://127.0.0.1:9000", "http://[::1]:9000"])(
    "says what to write instead of %s in a container, where it means the container itself",
    (url) => {
      const settings = { TAIGA_API_URL: url, RUNNING_IN_CONTAINER: "true" };
      expect(() => resolve(settings)).toThrow(/host\.docker\.internal/);
      expect(resolve({ TAIGA_API_URL: url }).taigaApiUrl).toBe(`${url}/api/v1`);
    },
  );

  it("finds the sandbox where it is said to be", () => {
    const url = "http://sandbox:3003/api/v1";
    expect(resolve({ SANDBOX_API_URL: url, RUNNING_IN_CONTAINER: "true" }).taigaApiUrl).toBe(url);
  });

  // @rule START-2
  it.each<[string, Record<string, string>, { name: string; url?: string }]>([
    ["the sandbox", { SANDBOX_API_URL: "http://sandbox:3003/api/v1" }, DEMO],
    ["the sandbox, with pages for logins", { TAIGA_WEB_URL: "http://localhost:3003" }, DEMO],
    [
      "a container that only containers can name",
      { ...IN_CONTAINER, TAIGA_API_URL: "http://taiga-back:8000" },
      { name: "taiga-back:8000" },
    ],
    [
      "the machine of the containers",
      { ...IN_CONTAINER, TAIGA_API_URL: "http://host.docker.internal:9000" },
      { name: "host.docker.internal:9000" },
    ],
    [
      "a Taiga whose pages are elsewhere",
      {
        ...IN_CONTAINER,
        TAIGA_API_URL: "http://taiga-back:8000",
        TAIGA_WEB_URL: "https://taiga.example.com",
      },
      { name: "taiga.example.com", url: "https://taiga.example.com" },
    ],
    [
      "a Taiga in the office's network",
      { TAIGA_API_URL: "https://taiga" },
      { name: "taiga", url: "https://taiga" },
    ],
  ])("names %s, and links to it only if a browser finds it", (_what, settings, site) => {
    const { taigaSite, passwordResetUrl } = resolve(settings);
    expect(taigaSite).toEqual(site);
    expect(passwordResetUrl).toBe(
      settings["TAIGA_WEB_URL"] && site.url ? `${site.url}/forgot-password` : undefined,
    );
  });

  // @rule LOGIN-2
  it("refuses Taiga by plain http on another machine, unless told that the network is safe", () => {
    const settings = { TAIGA_API_URL: "http://taiga.internal" };
    expect(() => resolve(settings)).toThrow(/TAIGA_API_URL: must be https/);
    expect(resolve({ ...settings, ALLOW_HTTP_TAIGA: "true" }).taigaApiUrl).toBe(
      "http://taiga.internal/api/v1",
    );
  });
});
