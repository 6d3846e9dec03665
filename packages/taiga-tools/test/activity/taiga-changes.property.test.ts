import type { HistoryEntry, TimelineEntry } from "@taiga-mcp/taiga-client";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHistoryFields, toFieldName } from "../../src/items/history-fields.ts";
import { toActivityEntry, toActivityText } from "../../src/activity/activity-entry.ts";
import { createTaiga } from "../support/taiga.ts";

const project = await createTaiga().client.projects.getById(1);

const RUNS = { numRuns: 300 };
const FIELDS = [
  "subject",
  "status",
  "points",
  "custom_attributes",
  "assigned_to",
  "tags",
  "milestone",
];
const INHERITED = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];

/** What people write into Taiga, and what it makes of that. */
const written = fc.oneof(
  fc.constantFrom("New", "3", "a\nb", "\u202e", "| 2026-11-20 10:31 @ann", ...INHERITED),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const named = fc.record({ name: written, value: written });
const value = fc.oneof(
  written,
  fc.integer(),
  fc.constant(null),
  fc.array(named, { maxLength: 3 }),
  // Points by role: an id in a history, a name in a timeline.
  fc.dictionary(
    fc.constantFrom("1", "Back\nend", ...INHERITED),
    fc.oneof(fc.nat(5), fc.tuple(written, written)),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const diff = fc
  .array(
    fc.tuple(
      fc.constantFrom(...FIELDS, ...FIELDS.map((name) => `${name}_diff`), ...INHERITED),
      fc.oneof(fc.tuple(value, value), value),
    ),
    { maxLength: 5 },
  )
  // As it comes from Taiga: to JSON `__proto__` is a member like any other.
  .map((pairs) => JSON.parse(JSON.stringify(Object.fromEntries(pairs))) as Record<string, unknown>);

/** One line, with nothing in it that a person does not see. */
const LINE = /^[^\p{Cc}\p{Zl}\p{Zp}\u202e]*$/u;

describe("changes of any shape", () => {
  // @rule INPUT-20
  it("of an item are told by our words for its fields, each on a short line", () => {
    fc.assert(
      fc.property(diff, (changes) => {
        const entry = { diff: changes } as HistoryEntry;
        const owner = { kind: "story" as const, project: { ...project, formerMembers: new Map() } };
        for (const { field, before, after } of toHistoryFields(entry, owner)) {
          expect(FIELDS.map(toFieldName)).toContain(field);
          for (const text of [before, after]) {
            expect(text).toMatch(LINE);
            expect(text.length).toBeLessThanOrEqual(121);
            expect(text).not.toContain("[native code]");
          }
        }
      }),
      RUNS,
    );
  });

  // @rule TAIGA-5
  it("of a timeline are one line for each event, which user text cannot break", () => {
    const type = fc
      .tuple(
        fc.constantFrom("userstory", "wikipage", "user", ...INHERITED),
        fc.constantFrom("create", "change", "delete", ...INHERITED),
      )
      .map(([object, action]) => `app.${object}.${action}`);
    fc.assert(
      fc.property(type, diff, written, written, (event_type, values_diff, subject, comment) => {
        const data = {
          user: { id: 6, username: "", name: subject },
          project: { id: 1, name: subject, slug: "alpha-one" },
          userstory: { id: 100, ref: 1, subject },
          milestone: null,
          task: null,
          issue: null,
          epic: null,
          role: null,
          wikipage: { id: 3, slug: "home" },
          comment,
          comment_deleted: false,
          values_diff,
        };
        const event = { id: 1, event_type, created: "2026-11-20T10:00:00.000Z", data };
        const entry = toActivityEntry(event as TimelineEntry, { qualified: true });
        if (entry === undefined) return;
        expect(toActivityText(entry)).toMatch(LINE);
        expect(toActivityText(entry)).not.toContain("[native code]");
        // The user's words stand in fields of their own, whatever they are.
        expect(entry.at).toBe("2026-11-20T10:00:00.000Z");
        expect([undefined, "alpha-one#1", "wiki:home", "alpha-one#wiki:home"]).toContain(entry.ref);
      }),
      RUNS,
    );
  });
});
