import { UnavailableError } from "@taiga-mcp/service";
import { describe, expect, it } from "vitest";
import { createRefreshSweeper } from "../../src/vault/refresh-sweeper.ts";
import { logger, settle } from "../support/vault-world.ts";

describe("the refresh sweeper task", () => {
  it("continues after a store outage, and waits for a running refresh before it closes", async () => {
    const steps: string[] = [];
    const waits: (() => void)[] = [];
    let finish = (): void => undefined;
    const refreshSweeper = createRefreshSweeper({
      schedule: {
        due: async () => {
          steps.push("due");
          if (steps.length === 1) throw new UnavailableError("The store does not answer.");
          return ["plan"];
        },
        lease: async () => "grant",
        remove: async () => undefined,
      },
      vault: {
        renew: () =>
          new Promise((resolve) => {
            steps.push("renew");
            finish = () => {
              steps.push("renewed");
              resolve("renewed");
            };
          }),
      },
      applicationTokens: { sweep: async () => void steps.push("tokens") },
      logger,
      sleep: (_ms, signal) =>
        new Promise<void>((resolve) => {
          if (signal.aborted) return resolve();
          waits.push(resolve);
          signal.addEventListener("abort", () => resolve());
        }),
      random: () => 0.5,
    });

    refreshSweeper.start();
    for (let wait = 0; wait < 2; wait += 1) {
      waits.shift()?.();
      await settle();
    }
    expect(steps).toEqual(["due", "due", "renew"]);
    const closed = refreshSweeper.close().then(() => steps.push("closed"));
    await settle();
    finish();
    await closed;
    expect(steps).toEqual(["due", "due", "renew", "renewed", "tokens", "closed"]);
  });
});
