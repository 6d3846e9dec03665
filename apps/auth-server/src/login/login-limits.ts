/** So many failures within a time lock what failed, for a time. */
export interface LockRule {
  failures: number;
  withinSeconds: number;
  lockSeconds: number;
}

/**
 * Every limit on failed logins. They are for guesses, and must not become a way to keep people out:
 * only the account that failed is ever locked, and the network it failed from.
 */
export const LOGIN_LIMITS = {
  /** One account from one network. */
  pair: [
    // Nobody mistypes that fast; a program does.
    { failures: 5, withinSeconds: 60, lockSeconds: 15 * 60 },
    // Who guesses slowly gets 480 guesses a day. A person who has forgotten a password needs fewer.
    { failures: 20, withinSeconds: 60 * 60, lockSeconds: 15 * 60 },
  ],
  /**
   * One account from all networks together: a guess that is spread over many of them. Five networks
   * at their own limit reach it, never one alone, so nobody is locked out by a single neighbour.
   */
  account: [{ failures: 100, withinSeconds: 60 * 60, lockSeconds: 15 * 60 }],
  /**
   * One network, whichever accounts: passwords that are tried on many names. It is slowed down and
   * never locked. 500 people behind one address who all connect within half an hour, every other
   * of them with one slip, stay below this.
   */
  network: { failures: 60, withinSeconds: 5 * 60 },
  /** Beyond that, its attempts are let through one by one, whoever in it makes them. */
  turnsPerSecond: 2,
  /** An attempt that would wait longer for its turn is asked to come back: pages must answer. */
  longestWaitSeconds: 20,
} as const;

/**
 * Until when failures lock what they are about, in epoch seconds; 0 when they do not. While as many
 * failures as a rule names are within its time, it also stays locked: so no more are ever made.
 *
 * @param failures when they were, epoch seconds, the oldest first.
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
