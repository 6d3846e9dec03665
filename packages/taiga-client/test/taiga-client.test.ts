import { describe, expect, it } from "vitest";
import { createTaigaClient } from "../src/taiga-client.ts";
import { createFakeTransport } from "./support/fake-transport.ts";
import { capture, toResponse } from "./support/observed.ts";
import { startTaiga } from "./support/taiga-server.ts";

describe("headers", () => {
  it("ask for English JSON, on reads too, because Taiga fails in HTML otherwise", async () => {
    const { transport, received } = await startTaiga((_req, res) =>
      res.end(JSON.stringify(capture("me_ok").body)),
    );
    await createTaigaClient(transport).users.me();
    expect(received[0]?.headers).toMatchObject({
      accept: "application/json",
      "accept-language": "en",
      "content-type": "application/json",
    });
    expect(received[0]?.headers).not.toHaveProperty("authorization");
  });

  it.each(["Bearer", "Application"] as const)("carry a credential of scheme %s", async (scheme) => {
    const { transport, sent } = createFakeTransport(toResponse(capture("me_ok")));
    await createTaigaClient(transport, { scheme, token: "t0k.en" }).users.me();
    expect(sent[0]?.headers["Authorization"]).toBe(`${scheme} t0k.en`);
  });
});

describe("failures", () => {
  const TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret.token";
  const PASSWORD = "hunter2-secret";

  it.each(["auth_wrong", "refresh_reuse", "us_created_bad", "auth_badjson", "nf_url"])(
    "hold no secret after %s",
    async (name) => {
      const { transport } = createFakeTransport(toResponse(capture(name)));
      const taiga = createTaigaClient(transport, { scheme: "Bearer", token: TOKEN });
      const login = { type: "normal", username: "bob", password: PASSWORD };
      for (const call of [taiga.auth.login(login), taiga.auth.refresh(TOKEN), taiga.users.me()]) {
        const error = await call.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Error);
        expect(dump(error)).not.toMatch(/hunter2|eyJ/);
      }
    },
  );

  it("hold no secret when Taiga's own answer is broken off in a token", async () => {
    const { transport } = createFakeTransport({ text: `{"auth_token": "${TOKEN}` });
    const error = await createTaigaClient(transport)
      .auth.refresh("r")
      .catch((thrown: unknown) => thrown);
    expect(dump(error)).toContain("is not JSON");
    expect(dump(error)).not.toContain("eyJ");
  });

  it("hold no secret when the connection breaks", async () => {
    const { transport } = await startTaiga((req) => req.socket.destroy(), { retries: 0 });
    const taiga = createTaigaClient(transport, { scheme: "Application", token: TOKEN });
    const error = await taiga.auth
      .login({ type: "normal", username: "bob", password: PASSWORD })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "unavailable", outcomeUnknown: true });
    expect(dump(error)).not.toMatch(/hunter2|eyJ/);
  });

  it("come from the caller's signal too", async () => {
    const controller = new AbortController();
    const { transport } = await startTaiga(() => controller.abort());
    const taiga = createTaigaClient(transport, undefined, { signal: controller.signal });
    await expect(taiga.users.me()).rejects.toMatchObject({ code: "aborted" });
    const late = createTaigaClient(transport, undefined, { signal: AbortSignal.timeout(20) });
    await expect(late.users.me()).rejects.toMatchObject({ code: "unavailable" });
  });
});

/** Everything a logger could find in an error, its causes included. */
function dump(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.message, error.stack, JSON.stringify(error), dump(error.cause)].join("\n");
}
