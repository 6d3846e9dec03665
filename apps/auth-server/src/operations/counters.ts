import type { Metrics, OutcomeCounter } from "@taiga-mcp/service";

/** What the authorization server counts, beside its requests. */
export interface Counters {
  oauthEvents: OutcomeCounter;
  passwordLogins: OutcomeCounter;
  applicationLogins: OutcomeCounter;
  renewals: OutcomeCounter;
}

export const createCounters = ({ outcomes }: Pick<Metrics, "outcomes">): Counters => ({
  oauthEvents: outcomes(
    "taiga_mcp_oauth_events_total",
    "What the OAuth endpoints served and refused: the event, or its error code",
  ),
  passwordLogins: outcomes(
    "taiga_mcp_password_logins_total",
    "Logins with a password, by what became of them",
  ),
  applicationLogins: outcomes(
    "taiga_mcp_application_logins_total",
    "Returns from Taiga's own login pages, by what became of them",
  ),
  renewals: outcomes(
    "taiga_mcp_taiga_renewals_total",
    "Renewals of Taiga logins, by what Taiga answered",
  ),
});

/** How a login ended: accepted, or why not. */
export const toLoginOutcome = (outcome: { ok: true } | { ok: false; reason: string }): string =>
  outcome.ok ? "ok" : outcome.reason;
