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
  vault: Pick<Vault, "hold" | "release">;
  allowLists: AllowLists;
  /** Without it, every user of this Taiga is allowed. */
  isAllowed?: IsAllowed | undefined;
  toAccountId: (userId: number) => string;
}

/** The step after a successful login at Taiga, by password or on Taiga's own pages. */
export type CompleteLogin = (
  req: Request,
  res: Response,
  interaction: Interaction,
  login: { account: TaigaAccount; credential: TaigaCredentialRecord },
) => Promise<void>;

/** Continues with the consent page. A user who is not allowed gets an error page; nothing is stored then. */
export function createCompleteLogin(deps: CompleteLoginDeps): CompleteLogin {
  const { interactions, vault, allowLists, isAllowed, toAccountId } = deps;
  return async (req, res, interaction, { account, credential }) => {
    const { id, username, fullName } = account;
    if (isAllowed?.(account) === false) {
      void vault.release(credential);
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
      return sendPage(res, 403, page);
    }
    await vault.hold(interaction.uid, { user: { id, username, fullName }, credential });
    await interactions.finishLogin(req, res, interaction, toAccountId(id));
  };
}

/** Names the allowed domains, which help to choose the right account, but no allowed user names. */
function describeAudience({ emailDomains }: AllowLists): string {
  if (emailDomains.length === 0) return "this server is open to selected users only.";
  const domains = new Intl.ListFormat("en", { type: "disjunction" }).format(emailDomains);
  return `this server is open only to users with an e-mail address at ${domains} that Taiga has verified.`;
}
