import { Router } from "express";
import { afterEach, expect, it } from "vitest";
import type { Interactions } from "../../src/engine/ports.ts";
import { connect } from "../support/client.ts";
import { startSystem, type System } from "../support/system.ts";

const LIMITS = { access: "write", projects: "all" } as const;

let system: System;
afterEach(() => system.close());

it("a grant that nothing will come of is deleted at once, with all that belongs to it", async () => {
  const grantIds: string[] = [];
  const pages = (interactions: Interactions) =>
    Router().get("/interaction/:uid", async (req, res) => {
      const interaction = await interactions.find(req, res, req.params.uid);
      if (interaction === undefined) throw new Error("There is no such interaction.");
      if (interaction.step === "login") {
        return interactions.finishLogin(req, res, interaction, "alice");
      }
      for (let grants = 0; grants < 2; grants += 1) {
        grantIds.push((await interactions.createGrant(interaction, LIMITS)).grantId);
      }
      const [loser = "", winner = ""] = grantIds;
      await interactions.discardGrant(loser);
      await interactions.finishConsent(req, res, interaction, winner);
    });
  system = await startSystem({ pages });
  await connect(system);
  const { kv, keys } = system;
  const [loser = "", winner = ""] = grantIds;
  expect(await kv.members(keys.accountGrants("alice"))).toEqual([keys.grant(winner)]);
  expect(await kv.members(keys.grantIndex(loser))).toEqual([]);
  expect(await kv.get(keys.grantLimits(loser))).toBeUndefined();
});
