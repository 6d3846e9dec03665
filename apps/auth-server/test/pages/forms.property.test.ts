import { ACCESS_LEVELS } from "@taiga-mcp/service";
import fc from "fast-check";
import { parse } from "node:querystring";
import { describe, expect, it } from "vitest";
import { createCsrf } from "../../src/pages/csrf.ts";
import {
  ConsentForm,
  LoginForm,
  toFormProof,
  toTypedConsent,
  toTypedName,
} from "../../src/pages/forms.ts";
import { toProjectChoice } from "../../src/pages/project-choice.ts";

const OWN = [11, 12, 13].map((id) => ({ id, name: `Project ${id}`, slug: `project-${id}` }));
const RUNS = { numRuns: 300 };

const text = fc.oneof(
  fc.constantFrom("all", "chosen", "read", "11", "99", "011", "1e1", "-11", " ", ""),
  fc.string({ unit: "binary", maxLength: 12 }),
);
const or = (...good: string[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...good) }, { weight: 1, arbitrary: text });
const field = fc.oneof(
  fc.tuple(fc.constantFrom("username", "password"), text),
  fc.tuple(fc.constant("access"), or(...ACCESS_LEVELS)),
  fc.tuple(fc.constant("projects"), or("all", "chosen")),
  fc.tuple(fc.constant("project"), or("11", "12", "13", "99")),
  fc.tuple(fc.constantFrom("csrf", "project[]", "__proto__", "constructor", ""), text),
);
/** The form as the pages' parser returns it: a repeated field is a list. */
const body = fc
  .array(field, { maxLength: 7 })
  .map((fields) =>
    parse(
      fields
        .map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join("="))
        .join("&"),
    ),
  );
const anyBody = fc.oneof(
  { weight: 9, arbitrary: body },
  { weight: 1, arbitrary: fc.option(fc.jsonValue({ maxDepth: 2 }), { nil: undefined }) },
);

describe("a login form with any fields", () => {
  // @rule INPUT-7
  it("gives a name and an unchanged password that were each sent once, or is refused", () => {
    fc.assert(
      fc.property(anyBody, (sent) => {
        const { data } = LoginForm.safeParse(sent);
        if (data === undefined) return;
        const { username, password } = sent as Record<string, string>;
        expect(data).toEqual({ username: username?.trim(), password });
        expect(data.username).not.toBe("");
        expect(data.username + data.password).not.toMatch(/\p{Cc}/u);
      }),
      RUNS,
    );
  });

  it("shows the name again only when it was text", () => {
    fc.assert(
      fc.property(anyBody, (sent) => {
        const typed = toTypedName(sent);
        expect([undefined, (sent as { username?: unknown } | null)?.username]).toContain(typed);
      }),
      RUNS,
    );
  });
});

describe("a consent form with any fields", () => {
  // @rule MCP-SECURITY-6 INPUT-7
  it("gives one access level and one project choice, and grants only the user's own projects", () => {
    fc.assert(
      fc.property(anyBody, fc.constantFrom(OWN, undefined), (sent, own) => {
        const { data } = ConsentForm.safeParse(sent);
        if (data === undefined) return;
        const { access, projects } = sent as Record<string, string>;
        expect([data.access, data.projects]).toEqual([access, projects]);
        const { projects: granted, error } = toProjectChoice(data, own);
        if (error !== undefined) return;
        if (granted === "all") {
          expect(projects).toBe("all");
        } else {
          expect(granted.length).toBeGreaterThan(0);
          expect(granted.filter((id) => !OWN.some((mine) => mine.id === id))).toEqual([]);
          expect(new Set(granted).size).toBe(granted.length);
        }
      }),
      RUNS,
    );
  });

  // @rule INPUT-7
  it("shows only available options again", () => {
    fc.assert(
      fc.property(anyBody, (sent) => {
        const { access, projects, project } = toTypedConsent(sent);
        expect([...ACCESS_LEVELS, undefined]).toContain(access);
        expect(["all", "chosen", undefined]).toContain(projects);
        expect(project.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe("the token of a form", () => {
  const csrf = createCsrf(() => [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]);
  const form = fc.constantFrom("login" as const, "taiga" as const, "consent" as const);
  const uid = fc.oneof(fc.constantFrom("a", "b"), fc.stringMatching(/^[\w-]{1,8}$/));
  const toBytes = (token: string): string => Buffer.from(token, "base64url").toString("hex");

  // @rule RFC9700-4.7-2
  it("is valid for its own form and interaction only", () => {
    fc.assert(
      fc.property(uid, uid, form, form, (one, other, mine, another) => {
        const isSame = one === other && mine === another;
        expect(csrf.verify(other, another, csrf.issue(one, mine))).toBe(isSame);
      }),
    );
  });

  // @rule INPUT-7
  it("cannot be forged from any text, or from a valid token with one letter changed", () => {
    const forged = fc.tuple(fc.nat(42), fc.base64String({ minLength: 4, maxLength: 4 }));
    fc.assert(
      fc.property(anyBody, forged, (sent, [at, letters]) => {
        const token = csrf.issue("uid", "login");
        const changed = token.slice(0, at) + letters.charAt(0) + token.slice(at + 1);
        for (const text of [toFormProof(sent).csrf, changed]) {
          expect(csrf.verify("uid", "login", text)).toBe(toBytes(text) === toBytes(token));
        }
      }),
      RUNS,
    );
  });
});
