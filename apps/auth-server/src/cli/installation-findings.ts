import { isLoopback } from "@taiga-mcp/service";
import type { Finding } from "./finding.ts";
import type { Installation, TaigaOutcome } from "../operations/installation.ts";
import { toClockFindings, toStoreFindings } from "./store-findings.ts";
import { toDuration } from "./time-text.ts";

/** Turns the server's report about itself into findings. @param now epoch seconds. */
export function toInstallationFindings(
  installation: Installation,
  { privateUrl, now }: { privateUrl: string; now: number },
): Finding[] {
  const { version, startedAt } = installation;
  return [
    {
      mark: "ok",
      about: "Authorization server",
      text: `answers at ${privateUrl}, version ${version}, running for ${toDuration(now - startedAt)}`,
    },
    ...toStoreFindings(installation.store),
    ...toClockFindings(installation.store),
    toKeysFinding(installation),
    toTaigaFinding(installation.taiga),
    ...toLoginFindings(installation),
    toAdmissionFinding(installation),
    toClientsFinding(installation),
    toResourceServerFinding(installation),
    ...toProxyFindings(installation),
  ];
}

function toKeysFinding({ knowsKeys, store }: Installation): Finding {
  const about = "Keys";
  if (knowsKeys) return { mark: "ok", about, text: "opened with MASTER_KEY" };
  return {
    mark: "fail",
    about,
    text: "cannot be read, so every request is answered with 503",
    advice: store.answers
      ? "MASTER_KEY is not the key that encrypts them; the log has details. Restore that key, after a comma if there is a new one."
      : "Fix the store first.",
  };
}

/** Whether Taiga answers, and if not, what is wrong. */
export function toTaigaFinding(taiga: Installation["taiga"]): Finding {
  const about = "Taiga";
  const { apiUrl, outcome, hasProxy } = taiga;
  if (outcome === "ok") {
    return {
      mark: "ok",
      about,
      text: `answers at ${apiUrl}${hasProxy ? ", through the proxy" : ""}`,
    };
  }
  const { says, advice } = TAIGA_FAULTS[outcome];
  const code = taiga.errorCode ?? (taiga.status === undefined ? undefined : `HTTP ${taiga.status}`);
  return {
    mark: outcome === "throttled" ? "warn" : "fail",
    about,
    text: `${apiUrl} ${says}${code === undefined ? "" : ` (${code})`}`,
    // A proxy that never opens its tunnel looks like a Taiga that never answers.
    advice: outcome === "timeout" && hasProxy ? TAIGA_FAULTS.proxy.advice : advice,
  };
}

const TAIGA_FAULTS: Record<Exclude<TaigaOutcome, "ok">, { says: string; advice: string }> = {
  throttled: {
    says: "is a Taiga, but it throttles this server",
    advice:
      "The requests of all users come from this server's address: add it to Taiga's DEFAULT_THROTTLE_WHITELIST.",
  },
  timeout: {
    says: "did not answer in time",
    advice:
      "Check TAIGA_API_URL, and that no firewall blocks connections from this server to Taiga. If Taiga is behind a proxy, set HTTPS_PROXY.",
  },
  unreachable: {
    says: "cannot be reached",
    advice:
      "Check TAIGA_API_URL. ENOTFOUND: the host name is unknown. ECONNREFUSED: nothing listens on the port. A code with SSL: https and http are mixed up.",
  },
  certificate: {
    says: "has a certificate that is not trusted",
    advice:
      "With your own certificate authority, set TAIGA_CA_FILE to a file with its root certificate. Otherwise, TAIGA_API_URL must have the host name of the certificate, or the certificate must be renewed.",
  },
  proxy: {
    says: "cannot be reached through the proxy",
    advice:
      "Check HTTPS_PROXY (HTTP_PROXY for a Taiga with http), including user name and password, and that the proxy allows this destination. Or add Taiga's host to NO_PROXY.",
  },
  failing: {
    says: "responds, but Taiga fails",
    advice: "Taiga is down or still starting: see its own log.",
  },
  not_taiga: {
    says: "is not the API of a Taiga 6",
    advice:
      "Set TAIGA_API_URL to the address at which people open Taiga. To test the address, append /api/v1/projects and open it in a browser: it must show a list.",
  },
};

function toLoginFindings({ login, taiga, issuer }: Installation): Finding[] {
  const findings: Finding[] = [];
  if (login.passwordType !== undefined) {
    findings.push({
      mark: "ok",
      about: "Password login",
      text: `on this server's page, checked by Taiga (TAIGA_LOGIN_TYPE=${login.passwordType})`,
    });
  }
  if (login.application !== undefined) {
    const { id, nextUrl } = login.application;
    findings.push({
      mark: "ok",
      about: "Application login",
      text: `on Taiga's own pages, as its external application ${id}`,
      advice: `Check the application yourself, because Taiga shows it to administrators only: ${taiga.webUrl}/admin/external_apps/application/ must have one with this id, a name that users recognise, ${issuer} as Web, and exactly this as Next url:`,
      copy: nextUrl,
    });
  }
  return findings;
}

function toAdmissionFinding({ admission, accessLimit }: Installation): Finding {
  const { users, emailDomains } = admission;
  const who = [
    ...(users.length === 0 ? [] : [`the users ${users.join(", ")}`]),
    ...(emailDomains.length === 0
      ? []
      : [`verified e-mail addresses at ${emailDomains.join(", ")}`]),
  ];
  const people = who.length === 0 ? "all users of this Taiga" : who.join(", and ");
  return {
    mark: "ok",
    about: "Allowed users",
    text: `${people}; clients get at most the access level ${accessLimit} (ACCESS_LIMIT)`,
  };
}

const toClientsFinding = ({ takesClientDocuments }: Installation): Finding => ({
  mark: "ok",
  about: "Clients",
  text: takesClientDocuments
    ? "register, or use a metadata document that this server fetches"
    : "register; metadata documents are off (CLIENT_ID_METADATA_DOCUMENTS)",
});

function toResourceServerFinding({ resourceServers, store }: Installation): Finding {
  const about = "Resource server";
  if (resourceServers > 0) {
    const connected =
      resourceServers === 1
        ? "is connected and receives"
        : `${resourceServers} are connected and receive`;
    const text = `${connected} revocations immediately`;
    return { mark: "ok", about, text };
  }
  const text = "none is connected to this process";
  if (!store.answers) return { mark: "warn", about, text, advice: "Fix the store first." };
  const advice =
    "that it runs, and that its AUTH_SERVER_INTERNAL_URL, RS_CLIENT_ID and RS_CLIENT_SECRET are those of this server. Its log shows the responses that it received.";
  // With several replicas, the resource servers may be connected to another one.
  return store.kind === "redis"
    ? { mark: "warn", about, text, advice: `If this is the only replica, check ${advice}` }
    : { mark: "fail", about, text, advice: `Check ${advice}` };
}

/** The services speak http only, so behind a public https address a proxy must terminate TLS. */
function toProxyFindings({ issuer, proxyCount }: Installation): Finding[] {
  if (isLoopback(issuer) && proxyCount === 0) return [];
  const about = "Reverse proxies";
  if (proxyCount > 0) {
    const text = `${proxyCount} in front (TRUST_PROXY), so rate limits use the addresses of clients`;
    return [{ mark: "ok", about, text }];
  }
  return [
    {
      mark: "warn",
      about,
      text: "TRUST_PROXY is 0, but a proxy terminates TLS in front of this server: all users share its address and its rate limits",
      advice: "Set TRUST_PROXY to the number of reverse proxies in front, usually 1.",
    },
  ];
}
