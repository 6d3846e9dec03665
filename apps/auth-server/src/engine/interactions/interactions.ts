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
  /** Deletes all that belongs to a grant. */
  endGrant: (grantId: string) => Promise<void>;
  /** The only resource there are grants for. */
  resource: string;
  accessLimit: AccessLevel;
}

/** The engine's interactions as the pages see them. */
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

    finishLogin: (req, res, _interaction, accountId) =>
      answering(async () => {
        await forgetEarlierLogin(req, res, provider);
        const login = { accountId, remember: false };
        await provider.interactionFinished(req, res, { login }, { mergeWithLastSubmission: false });
      }),

    createGrant: (interaction, limits) =>
      outsideEngine(async () => {
        const { accountId, client, requestedAccess } = interaction;
        if (accountId === undefined) throw new TypeError("Nobody has logged in yet.");
        const grant = new provider.Grant({ accountId, clientId: client.id });
        const granted = lowestLevel(limits.access, requestedAccess);
        const scopes: readonly string[] = toScopes(granted);
        const refused = toScopes(requestedAccess).filter((scope) => !scopes.includes(scope));
        grant.addResourceScope(deps.resource, [...scopes]);
        // What is neither granted nor rejected is asked for again, for ever.
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

/** Its browser has the interaction's cookie, so one that is not found was there a moment ago. */
const answering = (work: () => Promise<void>): Promise<void> =>
  outsideEngine(async () => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      throw new InteractionEndedError({ cause: error });
    }
  });

/** Whoever logs in again before consenting may be somebody else, for whom nothing may be left. */
async function forgetEarlierLogin(
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
    // The engine's own uid is another one at each step.
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
    isAnswered: details.result?.consent !== undefined || details.result?.["error"] !== undefined,
  };
}

/** Ids that we give are no addresses, so one that is comes from where it says. */
const toDocumentHost = (clientId: string): string | undefined =>
  clientId.startsWith("https://") ? new URL(clientId).host : undefined;
