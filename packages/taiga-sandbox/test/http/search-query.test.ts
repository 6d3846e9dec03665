import { describe, expect, test } from "vitest";
import { compileQuery } from "../../src/http/search-query.ts";

const TEXT = "Show the price before the rider unlocks a bike #42 payments rider app";

describe("a full-text query", () => {
  test.each([
    ["", true, "an empty query matches everything"],
    ["price", true, "a word"],
    ["PRI", true, "the beginning of a word, in any case"],
    ["rice", false, "not the middle of a word"],
    ["price bike", true, "all words have to be there"],
    ["price train", false, "one is missing"],
    ["train or bike", true, "either will do"],
    ["price and bike", true, "and is what a space means"],
    ["not train", true, "what must not be there"],
    ["price not bike", false, "is there"],
    ["(train or price) bike", true, "parentheses"],
    ["(train or car) bike", false, "neither"],
    ['"rider unlocks"', true, "words in a row"],
    ['"unlocks rider"', false, "not in that order"],
    ['"ride unlocks"', false, "quoted words are whole"],
    ["42", true, "a number"],
    ["price )", true, "a stray parenthesis is no error"],
  ])("%j is %s: %s", (query, expected) => {
    expect(compileQuery(query)(TEXT)).toBe(expected);
  });
});
