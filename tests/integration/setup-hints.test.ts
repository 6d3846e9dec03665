// The commands that `admin setup` shows, run as they stand.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { toSetupText } from "../../apps/auth-server/src/cli/setup-text.ts";
import { toUnreachedFinding } from "../../apps/auth-server/src/cli/unreached-finding.ts";
import { PROCESS_MS } from "../support/time-limits.ts";

const run = promisify(execFile);

const FINDING = { about: "MCP endpoint", errorCode: "timeout", inContainer: true } as const;

// @rule START-7
it.each([
  ["GET", 200],
  ["POST", 401],
] as const)(
  "the command for an address that is asked by %s prints the status",
  async (method, status) => {
    const server = createServer((req, res) => {
      res.statusCode = req.method === "POST" ? 401 : 200;
      res.end("answer");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
      const hint = toUnreachedFinding({ ...FINDING, url, method, expectedStatus: status });
      const { stdout } = await run("sh", ["-c", hint.copy ?? ""], { timeout: PROCESS_MS });
      expect(stdout).toBe(`${status}\n`);
      expect(hint.advice).toMatch(new RegExp(`must print ${status}:$`));
      // A comment is an argument in an interactive zsh.
      expect(hint.copy).not.toContain("#");
    } finally {
      server.close();
    }
  },
);

it("the command for the development certificate does not need the certificate to be trusted", () => {
  const url = "https://localhost:8443/mcp";
  const hint = toUnreachedFinding({ ...FINDING, url, method: "POST", expectedStatus: 401 });
  expect(hint.copy).toContain("curl -sSk ");
});

const WELL = { mark: "ok", about: "Store", text: "answers" } as const;

// @rule START-7
it("the lines for Claude Code begin with the trust in the development certificate", () => {
  const paint = (_mark: unknown, text: string): string => text;
  const text = (mcpUrl: string): string => toSetupText([WELL], { mcpUrl, columns: 80, paint });
  expect(text("https://localhost:8443/mcp")).toMatch(
    /docker compose cp nginx:\S+ (\S+)\n\s+export NODE_EXTRA_CA_CERTS=\1\n\s+claude mcp add/,
  );
  expect(text("https://mcp.example.com/mcp")).not.toContain("NODE_EXTRA_CA_CERTS");
});
