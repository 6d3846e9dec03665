import { expect, it, vi } from "vitest";
import { findByName } from "../../src/schema/names.ts";
import { withSuggestionBudget } from "../../src/schema/suggestions.ts";

// @rule COST-10
it("a hundred unknown names among thousands are normalised once each, not for each pair", () => {
  const options = Array.from({ length: 2_000 }, (_, index) => ({ name: `Member ${index}` }));
  const unknown = Array.from({ length: 100 }, (_, index) => `${index} nobody `.padEnd(200, "x"));
  const normalize = vi.spyOn(String.prototype, "normalize");
  try {
    withSuggestionBudget(() => {
      for (const name of unknown) {
        expect(() => findByName(options, name, "assigned_to", (one) => [one.name])).toThrow(
          "there is no",
        );
      }
    });
    // For each pair it would be 600,000.
    expect(normalize.mock.calls.length).toBeLessThan(10_000);
  } finally {
    normalize.mockRestore();
  }
});
