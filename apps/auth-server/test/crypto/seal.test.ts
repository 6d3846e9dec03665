import { decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { createSealer, SealError } from "../../src/crypto/seal.ts";

const OLD = new Uint8Array(32).fill(1);
const NEW = new Uint8Array(32).fill(2);

describe("a sealed record", () => {
  const sealer = createSealer([NEW, OLD], "vault");

  it("tells whether the newest key sealed it, so that it can be sealed again", async () => {
    const before = await createSealer([OLD], "vault").seal("vault:a", "the secret");
    expect(await sealer.open("vault:a", before)).toBe("the secret");
    expect(sealer.isCurrent(before)).toBe(false);
    expect(sealer.isCurrent(await sealer.seal("vault:a", "the secret"))).toBe(true);
  });

  it("opens where it was sealed, and says nothing", async () => {
    const sealed = await sealer.seal("vault:a", "the secret");
    expect(sealed).not.toContain(Buffer.from("the secret").toString("base64url"));
    expect(await sealer.open("vault:a", sealed)).toBe("the secret");
    expect(decodeProtectedHeader(sealed)).toMatchObject({
      alg: "dir",
      enc: "A256GCM",
      at: "vault:a",
    });
  });

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

  it("does not open for another purpose, although the master key is the same", async () => {
    const sealed = await sealer.seal("a", "x");
    await expect(createSealer([NEW, OLD], "engine").open("a", sealed)).rejects.toThrow(SealError);
  });

  it("opens after a rotation as long as the old key is kept", async () => {
    const before = await createSealer([OLD], "vault").seal("a", "x");
    expect(await sealer.open("a", before)).toBe("x");
    await expect(createSealer([NEW], "vault").open("a", before)).rejects.toThrow(SealError);
    const after = await sealer.seal("a", "x");
    expect(await createSealer([NEW], "vault").open("a", after)).toBe("x");
  });

  it.each(["", "x", "a.b.c.d.e", "{}"])("does not open when it is %j", async (sealed) => {
    await expect(sealer.open("a", sealed)).rejects.toThrow(SealError);
  });
});
