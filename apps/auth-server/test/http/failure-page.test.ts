import { describe, expect, it } from "vitest";
import { renderFailurePage } from "../../src/http/failure-page.ts";

describe("the page for a request that cannot go on", () => {
  it.each(["code_challenge is missing", "code_challenge is missing."])(
    "says what was wrong as a sentence: %s",
    async (description) => {
      const page = await renderFailurePage({ status: 400, error: "invalid_request", description });
      expect(page).toContain("was rejected: code_challenge is missing.</p>");
    },
  );

  it("tells a rate-limited user how long to wait, and that nothing is lost", async () => {
    const page = await renderFailurePage({
      status: 429,
      error: "too_many_requests",
      description: undefined,
    });
    expect(page).toContain("Wait a minute");
    expect(page).toContain("Nothing is lost");
  });
});
