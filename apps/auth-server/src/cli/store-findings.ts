import { CLOCK_DIFFERENCE_SECONDS, type StoreWeakness } from "@taiga-mcp/store";
import type { Installation } from "../operations/installation.ts";
import type { Finding } from "./finding.ts";
import { toDuration } from "./time-text.ts";

/** What there is to say about the store and what it may lose. */
export function toStoreFindings(store: Installation["store"]): Finding[] {
  const { kind, place, answers, weaknesses, unknown } = store;
  const about = "Store";
  const name = kind === "sqlite" ? `SQLite, ${place}` : `Redis, ${place}`;
  if (!answers) {
    const advice =
      kind === "sqlite"
        ? "Check that DATA_DIR is writable and that its disk is not full."
        : "Check that Redis runs and that STORE_URL is its address, with user name and password. No login is lost meanwhile.";
    return [{ mark: "fail", about, text: `${name}: does not answer`, advice }];
  }
  const findings = [
    ...weaknesses.map((weakness) => toWeaknessFinding(weakness, name)),
    ...unknown.map((weakness) => toUnknownFinding(weakness, name)),
  ];
  if (findings.length > 0) return findings;
  const replicas = kind === "sqlite" ? "for one process" : "for any number of replicas";
  return [{ mark: "ok", about, text: `${name}; durable, ${replicas}` }];
}

const toWeaknessFinding = (weakness: StoreWeakness, name: string): Finding =>
  weakness === "evicts"
    ? {
        mark: "fail",
        about: "Store",
        text: `${name}: evicts logins when memory runs out`,
        advice: "Set maxmemory-policy noeviction in Redis.",
      }
    : {
        mark: "warn",
        about: "Store",
        text: `${name}: does not write every change to disk, so a restart of Redis loses logins`,
        advice: "Set appendonly yes in Redis.",
      };

const toUnknownFinding = (weakness: StoreWeakness, name: string): Finding =>
  weakness === "evicts"
    ? {
        mark: "warn",
        about: "Store",
        text: `${name}: does not tell whether it evicts logins when memory runs out`,
        advice: "Check yourself that its maxmemory-policy is noeviction.",
      }
    : {
        mark: "warn",
        about: "Store",
        text: `${name}: does not tell whether it writes every change to disk`,
        advice: "Check yourself that it has appendonly yes, or keeps all writes in another way.",
      };

/** Empty while this machine's clock agrees with the store's. */
export function toClockFindings({ answers, clockAheadSeconds }: Installation["store"]): Finding[] {
  if (!answers || Math.abs(clockAheadSeconds) < CLOCK_DIFFERENCE_SECONDS) return [];
  const side = clockAheadSeconds > 0 ? "ahead of" : "behind";
  return [
    {
      mark: "warn",
      about: "Clock",
      text: `this replica's clock is ${toDuration(Math.abs(clockAheadSeconds))} ${side} the store's; the services go by the store's`,
      advice:
        "Let NTP set the clocks of all machines. Taiga's tokens and clients' certificates go by their own clocks.",
    },
  ];
}
