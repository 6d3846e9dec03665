import type { Request, Response } from "express";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import type { AllowLists, IsAllowed } from "../login/allow-list.ts";
import type { TaigaAccount, TaigaCredentialRecord } from "../login/login-backend.ts";
import type { Vault } from "../vault/vault.ts";
import { toDisplayName } from "./views/display-name.ts";
import { renderErrorPage } from "./views/error-page.ts";
import { toOtherAccountPath } from "./interaction-path.ts";
import { sendPage } from "./send-page.ts";

export interface CompleteLoginDeps {
  interactions: Pick<Interactions, "finishLogin">;
  vault: Pick<Vault, "hold">;
  toAccountId: (userId: number) => string;
}

/** The step after a successful login at Taiga, by password or on Taiga's own pages. */
export type CompleteLogin = (
  req: Request,
  res: Response,
  interaction: Interaction,
  login: { account: TaigaAccount; credential: TaigaCredentialRecord },
) => Promise<void>;

/** Continues with the consent page. */
export const createCompleteLogin =
  ({ interactions, vault, toAccountId }: CompleteLoginDeps): CompleteLogin =>
  async (req, res, interaction, { account, credential }) => {
    const { id, username, fullName } = account;
    await vault.hold(interaction.uid, { user: { id, username, fullName }, credential });
    await interactions.finishLogin(req, res, interaction, toAccountId(id));
  };

export interface AdmissionDeps {
  vault: Pick<Vault, "release">;
  allowLists: AllowLists;
  /** Without it, every user of this Taiga is allowed. */
  isAllowed?: IsAllowed | undefined;
}

/** Only lets allowed users go on. Others get an error page; nothing is stored then. */
export const admitting =
  ({ vault, allowLists, isAllowed }: AdmissionDeps, completeLogin: CompleteLogin): CompleteLogin =>
  async (req, res, interaction, login) => {
    if (isAllowed?.(login.account) !== false) return completeLogin(req, res, interaction, login);
    void vault.release(login.credential);
    const { username } = login.account;
    const page = await renderErrorPage({
      title: "Your account has no access",
      message: `You are logged in to Taiga as ${toDisplayName(username) ?? "another user"}, but ${describeAudience(allowLists)}`,
      advice:
        "Nothing was connected, and your login was not kept. If you should have access, ask the administrator of this server.",
      action: {
        href: toOtherAccountPath(interaction.uid),
        label: "Use another account",
      },
    });
    sendPage(res, 403, page);
  };

/** Names the allowed domains, which help to choose the right account, but no allowed user names. */
function describeAudience({ emailDomains }: AllowLists): string {
  if (emailDomains.length === 0) return "this server is open to selected users only.";
  const domains = new Intl.ListFormat("en", { type: "disjunction" }).format(emailDomains);
  return `this server is open only to users with an e-mail address at ${domains} that Taiga has verified.`;
}
