import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSealer, SealError } from "../../src/secrets/seal.ts";
import { createRootKeys } from "../support/root-keys.ts";

const [NEW, OLD, STRANGE] = [createRootKeys(2), createRootKeys(1), createRootKeys(3)];
const sealer = createSealer(createRootKeys(2, 1), "vault");
const RUNS = { numRuns: 60 };
const text = fc.string({ unit: "binary", maxLength: 60 }).map((value) => value.toWellFormed());
const name = fc.string({ maxLength: 20 });

const expectRefused = (keyName: string, sealed: string) =>
  expect(sealer.open(keyName, sealed)).rejects.toThrow(SealError);

describe("a sealed record", () => {
  it("opens to the sealed text under any key name, also with the previous key", async () => {
    await fc.assert(
      fc.asyncProperty(name, text, fc.constantFrom(NEW, OLD), async (keyName, secret, key) => {
        const sealed = await createSealer(key, "vault").seal(keyName, secret);
        expect(await sealer.open(keyName, sealed)).toBe(secret);
        expect(sealed).toMatch(/^[\w.-]+$/);
      }),
      RUNS,
    );
  });

  // @rule INPUT-12
  it("does not open under another key name, for another purpose, or with an unknown key", async () => {
    await fc.assert(
      fc.asyncProperty(name, name, text, async (keyName, other, secret) => {
        if (other !== keyName) await expectRefused(other, await sealer.seal(keyName, secret));
        await expectRefused(keyName, await createSealer(STRANGE, "vault").seal(keyName, secret));
        await expectRefused(keyName, await createSealer(NEW, "engine").seal(keyName, secret));
      }),
      RUNS,
    );
  });

  // @rule KEYS-1
  it("is refused as broken, never misread, when any letter is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.stringMatching(/^[\w.-]$/), async (at, letter) => {
        const sealed = await sealer.seal("name", "a secret");
        const index = at % sealed.length;
        const changed = sealed.slice(0, index) + letter + sealed.slice(index + 1);
        fc.pre(toBytes(changed) !== toBytes(sealed));
        await expectRefused("name", changed);
      }),
      { numRuns: 150 },
    );
  });

  // @rule INPUT-12
  it("is refused as broken when it is arbitrary text", async () => {
    const header = fc
      .jsonValue({ maxDepth: 1 })
      .map((value) => Buffer.from(JSON.stringify(value)).toString("base64url"));
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.tuple(header, fc.base64String()).map(([first, rest]) => `${first}..${rest}.${rest}.`),
    );
    await fc.assert(
      fc.asyncProperty(any, async (stored) => {
        await expectRefused("name", stored);
      }),
      { numRuns: 150 },
    );
  });
});

/** The last letter of a part may contain unused bits. */
const toBytes = (sealed: string): string =>
  sealed
    .split(".")
    .map((part) => Buffer.from(part, "base64url").toString("hex"))
    .join(".");
