// What docker-compose.yml and deploy/ read from `.env`, and what the pages say about it.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isEnvFileSetting } from "../../scripts/known-settings.ts";

const COMPOSE_FILES = [
  "docker-compose.yml",
  ...readdirSync("deploy", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yml"))
    .map((file) => path.join("deploy", file)),
];

/** `${NAME}` and `${NAME:-default}`; `$${NAME}` is for the container's own shell. */
const VARIABLE = /(?<!\$)\$\{([A-Z][A-Z0-9_]*)/g;

const VARIABLES = new Set(
  COMPOSE_FILES.flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(VARIABLE)].map(([, name]) => name ?? ""),
  ),
);

const PAGES = ["docs/deployment.md", "docs/configuration.md"].map((file) =>
  readFileSync(file, "utf8"),
);

describe("the variables of the compose files", () => {
  it("are found", () => {
    expect(VARIABLES.size).toBeGreaterThan(15);
    expect(VARIABLES).toContain("TRAEFIK_NETWORK");
  });

  // @rule START-4
  it.each([...VARIABLES])("%s is documented in a table, and known in .env", (name) => {
    const row = new RegExp(`^\\|.*\`${name}\``, "m");
    expect(PAGES.some((page) => row.test(page))).toBe(true);
    expect(isEnvFileSetting(name)).toBe(true);
  });
});

// @rule START-3
it.each(["auth-server", "resource-server"])("the replicas of %s are a setting", (service) => {
  const variable = `${service.toUpperCase().replace("-", "_")}_REPLICAS`;
  const text = readFileSync("docker-compose.yml", "utf8");
  const block = text.slice(text.indexOf(`\n  ${service}:`));
  expect(block.slice(0, block.indexOf("depends_on"))).toContain(`replicas: "\${${variable}:-1}"`);
});

// @rule START-3
it("no page shows a command whose replicas the next one undoes", () => {
  const pages = ["README.md", "docs/deployment.md", "docs/operations.md"];
  for (const page of pages) {
    const commands = readFileSync(page, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("    "));
    expect(commands.filter((line) => line.includes("--scale"))).toEqual([]);
  }
});
