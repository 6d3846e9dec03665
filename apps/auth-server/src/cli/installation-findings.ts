import { isLoopback } from "@taiga-mcp/service";
import type { Finding } from "./finding.ts";
import type { Installation, TaigaOutcome } from "../operations/installation.ts";
import { toDuration } from "./time-text.ts";

/** What the server said about itself, as findings. @param now epoch seconds. */
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
    toStoreFinding(installation.store),
    toKeysFinding(installation),
    toTaigaFinding(installation.taiga),
    ...toLoginFindings(installation),
    toAdmissionFinding(installation),
    toClientsFinding(installation),
    toResourceServerFinding(installation),
    ...toProxyFindings(installation),
  ];
}

function toStoreFinding({ kind, place, answers, weaknesses }: Installation["store"]): Finding {
  const about = "Store";
  const name = kind === "sqlite" ? `SQLite, ${place}` : `Redis, ${place}`;
  if (!answers) {
    const advice =
      kind === "sqlite"
        ? "Check that DATA_DIR can be written to and that its disk is not full."
        : "Check that Redis runs and that STORE_URL is its address, with user and password. Nobody loses a login meanwhile.";
    return { mark: "fail", about, text: `${name}: does not answer`, advice };
  }
  if (weaknesses.includes("evicts")) {
    const text = `${name}: throws logins away when memory runs short`;
    return { mark: "fail", about, text, advice: "Set maxmemory-policy noeviction in Redis." };
  }
  if (weaknesses.includes("forgets")) {
    const text = `${name}: does not write every change to disk, so that a restart of it loses logins`;
    return { mark: "warn", about, text, advice: "Set appendonly yes in Redis." };
  }
  const replicas = kind === "sqlite" ? "for one process" : "for any number of replicas";
  return { mark: "ok", about, text: `${name}; durable, ${replicas}` };
}

function toKeysFinding({ knowsKeys, store }: Installation): Finding {
  const about = "Keys";
  if (knowsKeys) return { mark: "ok", about, text: "opened with MASTER_KEY" };
  return {
    mark: "fail",
    about,
    text: "cannot be read, so that everybody is answered 503",
    advice: store.answers
      ? "MASTER_KEY is not the one that they were sealed with, or not any more: the log says so. Put that one back, behind a comma if there is a new one."
      : "First mend the store.",
  };
}

function toTaigaFinding(taiga: Installation["taiga"]): Finding {
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
    says: "is a Taiga, but refuses further requests for now",
    advice:
      "All users come from this server's address: put it into Taiga's DEFAULT_THROTTLE_WHITELIST.",
  },
  timeout: {
    says: "did not answer in time",
    advice:
      "Check TAIGA_API_URL, and that no firewall stands between this server and Taiga. Where Taiga is reached through a proxy, set HTTPS_PROXY.",
  },
  unreachable: {
    says: "cannot be reached",
    advice:
      "Check TAIGA_API_URL. ENOTFOUND: its name is not known here. ECONNREFUSED: nothing listens there. A code with SSL: https and http are mixed up.",
  },
  certificate: {
    says: "has a certificate that cannot be trusted",
    advice:
      "For an authority of your own set TAIGA_CA_FILE to a file with its root certificate. Otherwise TAIGA_API_URL must have the name that the certificate is for, or the certificate must be renewed.",
  },
  proxy: {
    says: "cannot be reached through the proxy",
    advice:
      "Check HTTPS_PROXY (for an http Taiga HTTP_PROXY) with user and password, and that the proxy may lead there; or list Taiga's host in NO_PROXY.",
  },
  failing: {
    says: "is there, but Taiga behind it fails",
    advice: "Taiga is down, or is just being started: see its own log.",
  },
  not_taiga: {
    says: "is not the API of a Taiga 6",
    advice:
      "Set TAIGA_API_URL to the address at which people open Taiga; opened in a browser with /api/v1/projects behind it, it shows a list.",
  },
};

function toLoginFindings({ login, taiga, issuer }: Installation): Finding[] {
  const findings: Finding[] = [];
  if (login.passwordType !== undefined) {
    findings.push({
      mark: "ok",
      about: "Login by password",
      text: `on this server's page, checked by Taiga (TAIGA_LOGIN_TYPE=${login.passwordType})`,
    });
  }
  if (login.application !== undefined) {
    const { id, nextUrl } = login.application;
    findings.push({
      mark: "ok",
      about: "Login at Taiga",
      text: `on Taiga's own pages, as its external application ${id}`,
      advice: `Taiga shows applications to users only, so look yourself: at ${taiga.webUrl}/admin/external_apps/application/ there must be one with this id, a name that people recognise, ${issuer} as Web, and exactly this as Next url:`,
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
  const people = who.length === 0 ? "everybody in this Taiga" : who.join(", and ");
  return {
    mark: "ok",
    about: "Who may come in",
    text: `${people}; clients get at most the access level ${accessLimit} (ACCESS_LIMIT)`,
  };
}

const toClientsFinding = ({ takesClientDocuments }: Installation): Finding => ({
  mark: "ok",
  about: "Clients",
  text: takesClientDocuments
    ? "register, or name themselves by a metadata document that this server fetches"
    : "register; metadata documents of their own are off (CLIENT_ID_METADATA_DOCUMENTS)",
});

function toResourceServerFinding({ resourceServers, store }: Installation): Finding {
  const about = "Resource server";
  if (resourceServers > 0) {
    const text = `${resourceServers === 1 ? "is" : `${resourceServers} are`} connected and told at once when a login ends`;
    return { mark: "ok", about, text };
  }
  const text = "none is connected to this process";
  if (!store.answers) return { mark: "warn", about, text, advice: "First mend the store." };
  const advice =
    "that it runs, and that AUTH_SERVER_INTERNAL_URL, RS_CLIENT_ID and RS_CLIENT_SECRET there lead here; its log says what it was answered.";
  // With replicas, each of them may be connected to another one than this.
  return store.kind === "redis"
    ? { mark: "warn", about, text, advice: `If this is the only one, check ${advice}` }
    : { mark: "fail", about, text, advice: `Check ${advice}` };
}

/** The services speak http: at a public https address, something else ends TLS before them. */
function toProxyFindings({ issuer, proxyCount }: Installation): Finding[] {
  if (isLoopback(issuer) && proxyCount === 0) return [];
  const about = "Reverse proxies";
  if (proxyCount > 0) {
    const text = `${proxyCount} in front (TRUST_PROXY), so that limits count the addresses of clients`;
    return [{ mark: "ok", about, text }];
  }
  return [
    {
      mark: "warn",
      about,
      text: "TRUST_PROXY is 0, but something ends TLS before this server: everybody shares its address, and with it the limits",
      advice: "Set TRUST_PROXY to the number of reverse proxies in front, usually 1.",
    },
  ];
}
