import { UnavailableError } from "@taiga-mcp/service";
import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import type { RootKeys } from "../../src/secrets/root-keys.ts";
import { createSealer, SealError, toSealMark } from "../../src/secrets/seal.ts";
import { createRootKeys, toRootKey } from "../support/root-keys.ts";

describe("a sealed record", () => {
  const sealer = createSealer(createRootKeys(2, 1), "vault");

  it("opens under its own key name, and does not reveal the text", async () => {
    const sealed = await sealer.seal("vault:a", "the secret");
    expect(sealed).not.toContain(Buffer.from("the secret").toString("base64url"));
    expect(await sealer.open("vault:a", sealed)).toBe("the secret");
    expect(decodeProtectedHeader(sealed)).toEqual({
      alg: "dir",
      enc: "A256GCM",
      kid: "key-2.vault",
      at: "vault:a",
    });
  });

  // @rule KEYS-1
  it("does not open under another key name, so that records cannot be swapped", async () => {
    const sealed = await sealer.seal("vault:alice", "the secret");
    await expect(sealer.open("vault:bob", sealed)).rejects.toThrow(SealError);
  });

  it("does not open when its header names another place", async () => {
    const [header = "", ...rest] = (await sealer.seal("vault:alice", "x")).split(".");
    const parsed = JSON.parse(Buffer.from(header, "base64url").toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...parsed, at: "vault:bob" })).toString(
      "base64url",
    );
    await expect(sealer.open("vault:bob", [forged, ...rest].join("."))).rejects.toThrow(SealError);
  });

  // @rule KEYS-1
  it("does not open for another purpose, also when its header says so", async () => {
    const other = createSealer(createRootKeys(2, 1), "engine");
    const sealed = await sealer.seal("a", "x");
    await expect(other.open("a", sealed)).rejects.toThrow(SealError);
    const [header = "", ...rest] = sealed.split(".");
    const parsed = Buffer.from(header, "base64url").toString().replace("vault", "engine");
    const forged = [Buffer.from(parsed).toString("base64url"), ...rest].join(".");
    await expect(other.open("a", forged)).rejects.toThrow(SealError);
  });

  // @rule KEYS-1
  it("opens after a rotation as long as the old key is kept", async () => {
    const before = await createSealer(createRootKeys(1), "vault").seal("a", "x");
    expect(await sealer.open("a", before)).toBe("x");
    const newOnly = createSealer(createRootKeys(2), "vault");
    await expect(newOnly.open("a", before)).rejects.toThrow(SealError);
    expect(await newOnly.open("a", await sealer.seal("a", "x"))).toBe("x");
  });

  it.each(["", "x", "ey", "a.b.c.d.e", "{}"])("does not open when it is %j", async (sealed) => {
    await expect(sealer.open("a", sealed)).rejects.toThrow(SealError);
    expect(toSealMark(sealed)).toBeUndefined();
  });
});

describe("a process that missed a rotation", () => {
  /** Root keys that change to those of `read` on the next refresh. */
  function createLateKeys(read: () => number[]): RootKeys & { reads: number } {
    let keys = createRootKeys(1).current();
    const late = {
      reads: 0,
      current: () => keys,
      isFresh: () => true,
      refresh: async () => {
        late.reads += 1;
        const [newest = 1, ...older] = read();
        keys = [toRootKey(newest), ...older.map((byte) => toRootKey(byte))];
      },
    };
    return late;
  }

  it("reads the keys again before it reports a record as broken", async () => {
    const sealed = await createSealer(createRootKeys(2), "vault").seal("a", "x");
    const keys = createLateKeys(() => [2, 1]);
    expect(await createSealer(keys, "vault").open("a", sealed)).toBe("x");
    expect(keys.reads).toBe(1);
  });

  it("is unavailable when it cannot read them, because the record may be valid", async () => {
    const sealed = await createSealer(createRootKeys(2), "vault").seal("a", "x");
    const keys = createLateKeys(() => {
      throw new UnavailableError("The store does not answer.");
    });
    await expect(createSealer(keys, "vault").open("a", sealed)).rejects.toThrow(UnavailableError);
  });

  it("reads the keys again before it seals with a key that may have been retired", async () => {
    const keys = { ...createLateKeys(() => [2]), isFresh: () => false };
    const sealed = await createSealer(keys, "vault").seal("a", "x");
    expect(toSealMark(sealed)).toEqual({ rootKeyId: "key-2", purpose: "vault" });
  });

  it("seals with the known keys when they cannot be read, because a renewed login exists nowhere else", async () => {
    const keys = createLateKeys(() => {
      throw new UnavailableError("The store does not answer.");
    });
    const sealer = createSealer({ ...keys, isFresh: () => false }, "vault");
    expect(toSealMark(await sealer.seal("a", "x"))?.rootKeyId).toBe("key-1");
  });

  it("does not read the keys while it has the ones it needs", async () => {
    const keys = createLateKeys(() => [2]);
    const sealer = createSealer(keys, "vault");
    await sealer.open("a", await sealer.seal("a", "x"));
    expect(keys.reads).toBe(0);
  });
});
