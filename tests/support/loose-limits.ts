/**
 * Settings for tests that send more requests from one address, or with one login, than people do. A
 * test of a limit sets it itself.
 */
export const LOOSE_LIMITS = {
  REGISTRATIONS_PER_HOUR: "1000",
  REFUSALS_PER_MINUTE: "100000",
  REQUESTS_PER_MINUTE: "100000",
  READS_PER_MINUTE: "100000",
  WRITES_PER_MINUTE: "100000",
  SEARCHES_PER_MINUTE: "100000",
};
