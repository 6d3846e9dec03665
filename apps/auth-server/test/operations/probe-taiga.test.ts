import { TaigaError, type TaigaErrorCode, type TaigaErrorDetails } from "@taiga-mcp/taiga-client";
import { expect, it } from "vitest";
import { probeTaiga } from "../../src/operations/probe-taiga.ts";

const failing = (error: unknown) => ({
  users: { me: () => Promise.reject(error) },
});

const withCode = (code: string): Error => Object.assign(new Error("failed"), { code });

const silent = (code: string): TaigaError =>
  new TaigaError("unavailable", "Taiga cannot be reached", { cause: withCode(code) });

const answered = (code: TaigaErrorCode, details: TaigaErrorDetails): TaigaError =>
  new TaigaError(code, "refused", details);

// @rule OPS-5
it.each([
  [answered("token_not_valid", { status: 401 }), { outcome: "ok" }],
  [answered("throttled", { status: 429 }), { outcome: "throttled", status: 429 }],
  [answered("not_authenticated", { status: 401 }), { outcome: "not_taiga", status: 401 }],
  [answered("not_found", { status: 404 }), { outcome: "not_taiga", status: 404 }],
  [answered("unexpected_response", { status: 302 }), { outcome: "not_taiga", status: 302 }],
  [answered("unavailable", { status: 502 }), { outcome: "failing", status: 502 }],
  [answered("server_error", { status: 500 }), { outcome: "failing", status: 500 }],
  [answered("aborted", {}), { outcome: "timeout" }],
  [silent("UND_ERR_CONNECT_TIMEOUT"), { outcome: "timeout" }],
  [silent("UND_ERR_HEADERS_TIMEOUT"), { outcome: "timeout" }],
  [silent("ETIMEDOUT"), { outcome: "timeout" }],
  [silent("ENOTFOUND"), { outcome: "unreachable", errorCode: "ENOTFOUND" }],
  [silent("ECONNREFUSED"), { outcome: "unreachable", errorCode: "ECONNREFUSED" }],
  [silent("SELF_SIGNED_CERT_IN_CHAIN"), { outcome: "certificate" }],
  [silent("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), { outcome: "certificate" }],
  [silent("ERR_TLS_CERT_ALTNAME_INVALID"), { outcome: "certificate" }],
  [silent("CERT_HAS_EXPIRED"), { outcome: "certificate", errorCode: "CERT_HAS_EXPIRED" }],
])("tells %s apart", async (error, answer) => {
  expect(await probeTaiga(failing(error), false)).toMatchObject(answer);
});

it.each([
  ["ECONNREFUSED", "proxy"],
  ["UND_ERR_ABORTED", "proxy"],
  ["UND_ERR_INVALID_ARG", "proxy"],
  ["UND_ERR_CONNECT_TIMEOUT", "proxy"],
  ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
])("behind a proxy reports %s as %s", async (code, outcome) => {
  expect(await probeTaiga(failing(silent(code)), true)).toMatchObject({ outcome });
});

it("finds the error code in nested causes", async () => {
  const cause = new Error("fetch failed", { cause: withCode("ENOTFOUND") });
  const error = new TaigaError("unavailable", "Taiga cannot be reached", { cause });
  expect(await probeTaiga(failing(error), false)).toEqual({
    outcome: "unreachable",
    errorCode: "ENOTFOUND",
  });
});

it("does not recognise a server as Taiga when it accepts an invented token", async () => {
  const users = { me: async () => ({}) as never };
  expect(await probeTaiga({ users }, false)).toEqual({ outcome: "not_taiga", status: 200 });
});

it("does not hide a bug behind an outcome", async () => {
  await expect(probeTaiga(failing(new TypeError("bug")), false)).rejects.toThrow("bug");
});
