import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readEnvironment, resolveAddresses, sharedSettings } from "../src/index.ts";

const resolve = (environment: Record<string, string>) =>
  resolveAddresses(readEnvironment(z.object(sharedSettings), environment));

describe("resolveAddresses", () => {
  it("is all on this machine without any setting", () => {
    expect(resolve({})).toEqual({
      issuer: "http://localhost:3001",
      resource: "http://localhost:3002/mcp",
      taigaApiUrl: "http://localhost:3003/api/v1",
      taigaWebUrl: "http://localhost:3003",
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

  // @rule LOGIN-2
  it("refuses Taiga by plain http on another machine, unless told that the network is safe", () => {
    const settings = { TAIGA_API_URL: "http://taiga.internal" };
    expect(() => resolve(settings)).toThrow(/TAIGA_API_URL: must be https/);
    expect(resolve({ ...settings, ALLOW_HTTP_TAIGA: "true" }).taigaApiUrl).toBe(
      "http://taiga.internal/api/v1",
    );
  });
});
