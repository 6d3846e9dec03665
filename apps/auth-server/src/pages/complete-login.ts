import type { Request, Response } from "express";
import type { Interaction, Interactions } from "../engine/boundary/ports.ts";
import type { AllowLists, IsAllowed } from "../login/allow-list.ts";
import type { TaigaAccount, TaigaCredentialRecord } from "../login/login-backend.ts";
import type { Vault } from "../vault/vault.ts";
import { renderErrorPage } from "./views/error-page.ts";
import { toBasePath } from "./interaction-path.ts";
import { sendPage } from "./send-page.ts";

export interface CompleteLoginDeps {
  interactions: Pick<Interactions, "finishLogin">;
  vault: Pick<Vault, "hold" | "release">;
  allowLists: AllowLists;
  /** Left out, everybody in Taiga is admitted. */
  isAllowed?: IsAllowed | undefined;
  toAccountId: (userId: number) => string;
}

/** What follows when Taiga has said who the user is, in whichever way they logged in. */
export type CompleteLogin = (
  req: Request,
  res: Response,
  interaction: Interaction,
  login: { account: TaigaAccount; credential: TaigaCredentialRecord },
) => Promise<void>;

/** Goes on to the consent page, or tells those who are not meant to be here; nothing is kept then. */
export function createCompleteLogin(deps: CompleteLoginDeps): CompleteLogin {
  const { interactions, vault, allowLists, isAllowed, toAccountId } = deps;
  return async (req, res, interaction, { account, credential }) => {
    const { id, username, fullName } = account;
    if (isAllowed?.(account) === false) {
      void vault.release(credential);
      const page = await renderErrorPage({
        title: "This is not for your account",
        message: `Taiga knows you as ${username}, but ${describeAudience(allowLists)}`,
        advice:
          "Nothing was connected, and your login was not kept. If you should have access, ask whoever runs this installation.",
        action: {
          href: `${toBasePath(interaction.uid)}?account=other`,
          label: "Use another account",
        },
      });
      return sendPage(res, 403, page);
    }
    await vault.hold(interaction.uid, { user: { id, username, fullName }, credential });
    await interactions.finishLogin(req, res, interaction, toAccountId(id));
  };
}

/** Domains help to choose the right account; who else is on the list is nobody's business. */
function describeAudience({ emailDomains }: AllowLists): string {
  if (emailDomains.length === 0) return "this installation is for a few people chosen by name.";
  const domains = new Intl.ListFormat("en", { type: "disjunction" }).format(emailDomains);
  return `this installation is for people whose e-mail address, verified by Taiga, is at ${domains}.`;
}
