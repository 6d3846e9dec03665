import { createLogger } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { createLocalBroadcast } from "../src/local-broadcast.ts";
import { broadcastContract, createWitness } from "./broadcast.contract.ts";

broadcastContract("createLocalBroadcast", async () => {
  const broadcast = createLocalBroadcast();
  return { here: broadcast, there: broadcast };
});

describe("createLocalBroadcast", () => {
  it("keeps two broadcasts apart", async () => {
    const [one, other] = [createLocalBroadcast(), createLocalBroadcast()];
    const witness = createWitness();
    other.subscribe(witness);
    await one.publish("hello");
    await Promise.resolve();
    expect(witness.heard).toEqual(["restored"]);
  });

  it("tells a listener of its state first, even of a message from the very same moment", async () => {
    const broadcast = createLocalBroadcast();
    const witness = createWitness();
    broadcast.subscribe(witness);
    await broadcast.publish("hello");
    await expect.poll(() => witness.heard).toEqual(["restored", '"hello"']);
  });

  it("logs what a listener throws", async () => {
    let log = "";
    const destination = { write: (line: string) => void (log += line) };
    const logger = createLogger({ name: "test", level: "error", destination });
    const broadcast = createLocalBroadcast({ logger });
    broadcast.subscribe({
      ...createWitness(),
      message: () => {
        throw new Error("a bug");
      },
    });
    await broadcast.publish("the message");
    await expect.poll(() => log).toContain("a bug");
    expect(log).not.toContain("the message");
  });
});
