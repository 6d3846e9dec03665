import { type Clock, systemClock } from "@taiga-mcp/service";
import type { AdapterPayload } from "oidc-provider";

/** The members of oidc-provider's records that are times, in epoch seconds. */
const TIMES = ["iat", "exp", "iiat", "loginTs", "authTime"] as const;

/** Between the time of the store, in which records are kept, and that of oidc-provider. */
export interface EngineTime {
  toStore(payload: AdapterPayload): AdapterPayload;
  toEngine(payload: AdapterPayload): AdapterPayload;
}

/**
 * oidc-provider dates records by the clock of this machine, and compares them with it. Another
 * replica, whose clock differs, reads them: so the store has its own time in them. The conversion is
 * exact for what is compared with the present, because both clocks are read at the same moment.
 * @param clock the store's.
 */
export function createEngineTime(clock: Clock): EngineTime {
  const move = (payload: AdapterPayload, seconds: number): AdapterPayload => {
    if (seconds === 0) return payload;
    const moved: AdapterPayload = { ...payload };
    for (const name of TIMES) {
      const time = moved[name];
      if (typeof time === "number") moved[name] = time + seconds;
    }
    return moved;
  };
  return {
    toStore: (payload) => move(payload, clock() - systemClock()),
    toEngine: (payload) => move(payload, systemClock() - clock()),
  };
}
