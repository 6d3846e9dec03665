import type { Metrics, OutcomeCounter } from "@taiga-mcp/service";

/** Metrics of the authorization server, in addition to those of its requests. */
export interface Counters {
  oauthEvents: OutcomeCounter;
  passwordLogins: OutcomeCounter;
  applicationLogins: OutcomeCounter;
  renewals: OutcomeCounter;
  refusedRecords: OutcomeCounter;
}

export const createCounters = ({ outcomes }: Pick<Metrics, "outcomes">): Counters => ({
  oauthEvents: outcomes(
    "taiga_mcp_oauth_events_total",
    "Events of the OAuth endpoints, by event or error code",
  ),
  passwordLogins: outcomes("taiga_mcp_password_logins_total", "Password logins, by outcome"),
  applicationLogins: outcomes(
    "taiga_mcp_application_logins_total",
    "Logins on Taiga's own pages, by outcome",
  ),
  renewals: outcomes("taiga_mcp_taiga_renewals_total", "Renewals of Taiga logins, by outcome"),
  refusedRecords: outcomes(
    "taiga_mcp_store_records_refused_total",
    "Records in the store that this service did not write, by reason",
  ),
});

/** Outcome of a login for the metrics: `ok`, or the reason for its failure. */
export const toLoginOutcome = (outcome: { ok: true } | { ok: false; reason: string }): string =>
  outcome.ok ? "ok" : outcome.reason;
