import { hash } from "node:crypto";
import { readFileSync } from "node:fs";

/** Passwords of the users in deploy/redis/users.acl; the operator is the user `default`. */
export const REDIS_PASSWORDS = {
  operator: "password-of-the-operator",
  /** Takes any password. */
  health: "none",
  "auth-server": "password-of-the-auth-server",
  "resource-server": "password-of-the-resource-server",
} as const;

export type RedisUser = keyof typeof REDIS_PASSWORDS;

/** The lines of users.acl with the hashes of the passwords, as Docker Compose's set-up makes them. */
export const toRedisUsers = (): string[] =>
  readFileSync("deploy/redis/users.acl", "utf8")
    .trim()
    .split("\n")
    .map((line) =>
      Object.entries(REDIS_PASSWORDS).reduce((text, [user, password]) => {
        const placeholder = `#${user.toUpperCase().replace("-", "_")} `;
        return text.replace(placeholder, `#${hash("sha256", password, "hex")} `);
      }, line),
    );

/** @param url of the server, without a user. */
export const withRedisUser = (url: string, user: RedisUser): string =>
  url.replace("//", `//${user === "operator" ? "default" : user}:${REDIS_PASSWORDS[user]}@`);
