import {
  type AccessLevel,
  lowestLevel,
  toAccessLevel,
  toScopes,
  UnavailableError,
} from "@taiga-mcp/service";
import type { IncomingMessage, ServerResponse } from "node:http";
import { errors, type Provider } from "oidc-provider";
import type { OutcomeCookie } from "./outcome-cookie.ts";
import { toDocumentHost } from "../records/connections.ts";
import type { GrantScopeStore } from "../records/grant-scope.ts";
import { InteractionEndedError } from "../boundary/interaction-ended.ts";
import type { Lifetimes } from "../../grants/lifetimes.ts";
import type { Interaction, Interactions } from "../boundary/ports.ts";
import { outsideEngine } from "../boundary/store-unavailable.ts";

export interface InteractionsDeps {
  provider: Provider;
  limits: GrantScopeStore;
  lifetimes: Lifetimes;
  outcome: OutcomeCookie["outcome"];
  repeat: Interactions["repeat"];
  /** Deletes all records of a grant. */
  endGrant: (grantId: string) => Promise<void>;
  /** The MCP endpoint, the only resource of grants. */
  resource: string;
  accessLimit: AccessLevel;
}

/** oidc-provider's interactions as the pages see them. */
export function createInteractions(deps: InteractionsDeps): Interactions {
  const { provider } = deps;
  return {
    find: (req, res, uid) =>
      outsideEngine(async () => {
        try {
          const details = await provider.interactionDetails(req, res);
          return details.cid === uid ? await toInteraction(details, deps) : undefined;
        } catch (error) {
          if (error instanceof errors.SessionNotFound) return undefined;
          throw error;
        }
      }),

    outcome: deps.outcome,

    repeat: deps.repeat,

    finishLogin: (req, res, _interaction, accountId) =>
      answering(async () => {
        await clearEarlierLogin(req, res, provider);
        const login = { accountId, remember: false };
        await provider.interactionFinished(req, res, { login }, { mergeWithLastSubmission: false });
      }),

    createGrant: (interaction, limits) =>
      outsideEngine(async () => {
        const { accountId, client, requestedAccess } = interaction;
        if (accountId === undefined)
          throw new TypeError("The interaction has no logged-in account.");
        const grant = new provider.Grant({ accountId, clientId: client.id });
        const granted = lowestLevel(limits.access, requestedAccess);
        const scopes: readonly string[] = toScopes(granted);
        const refused = toScopes(requestedAccess).filter((scope) => !scopes.includes(scope));
        grant.addResourceScope(deps.resource, [...scopes]);
        // oidc-provider asks for consent again as long as a requested scope is neither granted nor
        // rejected.
        if (refused.length > 0) grant.rejectResourceScope(deps.resource, refused);
        const grantId = await grant.save();
        await deps.limits.keep(grantId, { ...limits, access: granted });
        await deps.lifetimes.keepClient(client.id);
        return { grantId };
      }),

    discardGrant: (grantId) => deps.endGrant(grantId),

    finishConsent: (req, res, _interaction, grantId) =>
      answering(() => provider.interactionFinished(req, res, { consent: { grantId } })),

    resume: (req, res) =>
      answering(async () => {
        const { returnTo } = await provider.interactionDetails(req, res);
        res.writeHead(303, { Location: returnTo, "Cache-Control": "no-store" }).end();
      }),

    deny: (req, res) =>
      answering(() =>
        provider.interactionFinished(req, res, {
          error: "access_denied",
          error_description: "The user declined to give access.",
        }),
      ),
  };
}

/** The browser has the interaction's cookie, so an interaction that is missing has just ended. */
const answering = (work: () => Promise<void>): Promise<void> =>
  outsideEngine(async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      throw new InteractionEndedError({ cause: error });
    }
  });

/** A second login before the consent may be another user: clears the session of the first. */
async function clearEarlierLogin(
  req: IncomingMessage,
  res: ServerResponse,
  provider: Provider,
): Promise<void> {
  const details = await provider.interactionDetails(req, res);
  if (details.session === undefined) return;
  details.session = undefined;
  await details.persist();
}

type Details = Awaited<ReturnType<Provider["interactionDetails"]>>;

async function toInteraction(
  details: Details,
  { provider, accessLimit }: InteractionsDeps,
): Promise<Interaction | undefined> {
  const { client_id: clientId, redirect_uri: redirectUri, scope } = details.params;
  const client = await provider.Client.find(String(clientId));
  const { name } = details.prompt;
  const asked = toAccessLevel(String(scope).split(" "));
  if (client === undefined || asked === undefined) return undefined;
  if (name !== "login" && name !== "consent") {
    throw new UnavailableError(`No page exists for the step ${name}.`);
  }
  return {
    // oidc-provider's own uid changes with each step.
    uid: details.cid,
    step: name,
    client: {
      id: client.clientId,
      name: client.clientName,
      documentHost: toDocumentHost(client.clientId),
      redirectUri: String(redirectUri),
    },
    requestedAccess: lowestLevel(asked, accessLimit),
    accountId: details.session?.accountId,
    isLoggedIn: name === "consent" || details.result?.login !== undefined,
    isAnswered: details.result?.consent !== undefined || details.result?.["error"] !== undefined,
  };
}
