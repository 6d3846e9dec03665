import { expect, it } from "vitest";
import { createLogger } from "../src/index.ts";

// @rule MCP-SECURITY-24
it("escapes characters that would hide or reorder the text of a log line", () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const name = "a\u202eb\u200bc\u{e0041}d\u2028e\u009bf";
  createLogger({ name: "test", level: "info", destination }).info({ name, client: name }, name);
  const [line = ""] = lines;
  expect(line.trimEnd()).not.toMatch(/[\p{Cf}\p{Zl}\p{Cc}]/u);
  expect(JSON.parse(line)).toMatchObject({ client: name, msg: name });
});
