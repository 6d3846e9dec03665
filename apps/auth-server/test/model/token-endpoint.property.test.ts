// Random stories of clients, users and broken machines, compared with a model of what a login must do.
// TOKEN_MODEL_RUNS sets their number; a failure prints the seed, which TOKEN_MODEL_SEED repeats.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "./commands.ts";
import { livingLinks } from "./login-model.ts";
import { checkTokens, type Model } from "./requests.ts";
import { nameSeed, planRuns } from "./runs.ts";
import { type Replicas, startReplicas } from "./replicas.ts";

const RUNS = planRuns(40);

let real: Replicas;
beforeAll(async () => {
  real = await startReplicas([60, -60]);
});
afterAll(() => real.close());

describe("the token endpoint of two replicas whose clocks are two minutes apart", () => {
  // At most one living chain, nothing works after its revocation, no login is lost without a reason.
  // @rule GRANT-14
  it(
    "does what the model says, whatever happens and in whatever order",
    { timeout: RUNS.timeoutMs },
    async () => {
      nameSeed(RUNS);
      await fc.assert(
        fc.asyncProperty(
          fc.commands(COMMANDS, { maxCommands: 30, size: "max" }),
          async (commands) => {
            for (const replica of real.replicas) {
              replica.isCut = false;
              await replica.recover();
            }
            const model: Model = { clients: [], logins: [] };
            await fc.asyncModelRun(() => ({ model, real }), commands);
            for (const login of model.logins) {
              await checkTokens(real, login);
              expect(livingLinks(login).length).toBeLessThanOrEqual(1);
            }
          },
        ),
        RUNS.parameters,
      );
    },
  );
});
