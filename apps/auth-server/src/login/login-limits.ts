/** This many failures within a time lock the account or network that failed. */
export interface LockRule {
  failures: number;
  withinSeconds: number;
  lockSeconds: number;
}

/**
 * All limits on failed logins. They stop password guessing, but must not let an attacker lock others
 * out: a lock applies only to the account that failed, and mostly only to the network it failed from.
 */
export const LOGIN_LIMITS = {
  /** One account from one network. */
  pair: [
    // People do not mistype that fast; programs do.
    { failures: 5, withinSeconds: 60, lockSeconds: 15 * 60 },
    // A slow attacker gets 480 guesses a day. A person who has forgotten a password needs fewer.
    { failures: 20, withinSeconds: 60 * 60, lockSeconds: 15 * 60 },
  ],
  /**
   * One account from all networks together, against guessing from many networks. It takes five
   * networks at their own limit to reach it, so a single attacker in one network cannot lock the
   * account everywhere.
   */
  account: [{ failures: 100, withinSeconds: 60 * 60, lockSeconds: 15 * 60 }],
  /**
   * One network with any accounts, against trying a password on many names. The network is slowed
   * down, never locked. 500 people behind one address who all connect within half an hour, half of
   * them with one typing error, stay below this limit.
   */
  network: { failures: 60, withinSeconds: 5 * 60 },
  /** Beyond that limit, the network gets this many attempts per second. */
  turnsPerSecond: 2,
  /** An attempt that would wait longer than this is rejected, because pages must answer. */
  longestWaitSeconds: 20,
} as const;

/**
 * Until when failures lock an account or network. The lock also lasts as long as the number of
 * failures within a rule's time is at its maximum, so that there are never more.
 *
 * @param failures times of the failures, epoch seconds, the oldest first.
 * @returns epoch seconds; 0 when nothing is locked.
 */
export function lockedUntil(failures: readonly number[], rules: readonly LockRule[]): number {
  const ends = rules.flatMap((rule) =>
    failures.slice(rule.failures - 1).map((last, first) => {
      const begin = failures[first] ?? last;
      const isTooMany = last - begin < rule.withinSeconds;
      return isTooMany ? Math.max(last + rule.lockSeconds, begin + rule.withinSeconds) : 0;
    }),
  );
  return Math.max(0, ...ends);
}
