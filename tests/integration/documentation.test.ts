import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { generatedPages } from "../../scripts/generated-pages.ts";

const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...markdownBelow("docs")];

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => path.join(folder, file));
}

describe("generated pages", async () => {
  it.each(Object.entries(await generatedPages()))(
    "%s is what `pnpm generate` writes",
    (file, generated) => expect(readFileSync(file, "utf8")).toBe(generated),
  );
});

describe("links", () => {
  it.each(PAGES)("%s links only to files that are there", (page) => {
    const links = readFileSync(page, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g);
    for (const [, target] of links) {
      const file = path.join(path.dirname(page), target ?? "");
      expect(() => readdirOrRead(file), `${page} → ${target}`).not.toThrow();
    }
  });
});

function readdirOrRead(file: string): unknown {
  return path.extname(file) === "" ? existing(file) : readFileSync(file);
}

const existing = (file: string): unknown =>
  file === "LICENSE" ? readFileSync(file) : readdirSync(file);
