import { type KoaContextWithOIDC, Provider } from "oidc-provider";

export interface FlowSessionDeps {
  /** Path of the authorization endpoint; oidc-provider resumes requests below it. */
  authorizationPath: string;
}

/**
 * Ties oidc-provider's session to one authorization request instead of the browser. There is no
 * single sign-on (each grant needs its own Taiga login), so a session that outlives its request
 * could only do harm: skip a login, or mix up requests of different users in two tabs. The signed
 * cookie of the request itself identifies the browser.
 */
export const createFlowSession =
  (provider: Provider, { authorizationPath }: FlowSessionDeps) =>
  async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    const isResume = ctx.path.startsWith(`${authorizationPath}/`);
    if (isResume || ctx.path === authorizationPath) {
      const name = provider.cookieName("session");
      const cookies = withoutCookie(ctx.req.headers.cookie, name);
      const session = isResume ? await findSession(provider, ctx) : undefined;
      if (session !== undefined) cookies.push(...toSignedCookie(ctx, name, session));
      ctx.req.headers.cookie = cookies.join("; ");
    }
    await next();
  };

async function findSession(
  provider: Provider,
  ctx: KoaContextWithOIDC,
): Promise<string | undefined> {
  const uid = ctx.cookies.get(provider.cookieName("resume"), { signed: true });
  const interaction = uid === undefined ? undefined : await provider.Interaction.find(uid);
  return interaction?.session?.cookie;
}

const withoutCookie = (header: string | undefined, name: string): string[] =>
  (header ?? "")
    .split(/; */)
    .filter(
      (cookie) => cookie !== "" && ![name, `${name}.sig`].includes(cookie.split("=", 1)[0] ?? ""),
    );

function toSignedCookie(ctx: KoaContextWithOIDC, name: string, value: string): string[] {
  const cookie = `${name}=${value}`;
  // Koa's type of `cookies` lacks its keys.
  const { keys } = ctx.cookies as unknown as { keys: { sign(data: string): string } };
  return [cookie, `${name}.sig=${keys.sign(cookie)}`];
}
