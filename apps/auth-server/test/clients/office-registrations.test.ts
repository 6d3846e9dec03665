import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { type Answer, postForm, postJson, REDIRECT_URI } from "../support/client.ts";
import { startSystem } from "../support/system.ts";

const register = (system: { issuer: string }): Promise<Answer> =>
  postJson(`${system.issuer}/register`, { redirect_uris: [REDIRECT_URI] });

describe("a registration above a limit", () => {
  // @rule RFC7591-5-2
  it.each([
    ["REGISTRATIONS_PER_HOUR", "one network address", 0],
    ["REGISTRATIONS_PER_HOUR_TOTAL", "all clients together", 3],
  ])("names %s, and how long it lasts", async (setting, source, uncounted) => {
    const system = await startSystem({ settings: { [setting]: "1" } });
    try {
      for (let index = 0; index <= uncounted; index += 1) {
        expect((await register(system)).status).toBe(201);
      }
      const { status, headers, json } = await register(system);
      expect([status, json["error"]]).toEqual([429, "too_many_requests"]);
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(3500);
      expect(json["error_description"]).toBe(
        `The limit of 1 client registrations in 60 minutes from ${source} is reached. ` +
          `Try again in 60 minutes. The operator can raise it with ${setting}.`,
      );
    } finally {
      await system.close();
    }
  });

  // @rule RFC7591-5-2
  it("names no setting where there is none, and short times in seconds", async () => {
    const system = await startSystem();
    try {
      const attempts = await Promise.all(
        Array.from({ length: 40 }, () => postForm(`${system.issuer}/introspect`, { token: "x" })),
      );
      const refused = attempts.find(({ status }) => status === 429);
      expect(refused?.json["error_description"]).toMatch(
        /^The limit of \d+ failed attempts in 60 seconds from one network address is reached\. Try again in \d+ seconds\.$/,
      );
    } finally {
      await system.close();
    }
  });
});

// @rule RFC7591-5-2
it("is not reached by default in an office of 30 people with ten registrations each", () => {
  const { clients } = parseConfig({
    PUBLIC_URL: "https://mcp.example.com",
    TAIGA_API_URL: "https://taiga.example.com/api/v1",
    MASTER_KEY: Buffer.alloc(32, 7).toString("base64url"),
    RS_CLIENT_ID: "resource-server",
    RS_CLIENT_SECRET: "an-unguessable-secret-of-the-resource-server",
  });
  expect(clients.registrationsPerHour).toBeGreaterThanOrEqual(300);
  expect(clients.registrationsPerHourTotal).toBeGreaterThanOrEqual(
    10 * clients.registrationsPerHour,
  );
});
