/**
 * Taiga's `q` and search `text`: words match as prefixes and all have to match; `and`, `or`,
 * `not`, parentheses and "quoted words" work. Words are compared without stemming.
 */
export type Matcher = (text: string) => boolean;

type Token = { kind: "word" | "phrase"; text: string } | { kind: "(" | ")" | "or" | "and" | "not" };

const everything: Matcher = () => true;

const toWords = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** An empty query, or one without a single word, matches everything. */
export function compileQuery(query: string): Matcher {
  const tokens = tokenize(query);
  const matchers: Matcher[] = [];
  // A stray closing parenthesis ends an expression; the rest is one more condition.
  while (tokens.length > 0) {
    matchers.push(parseEither(tokens));
    if (tokens[0]?.kind === ")") tokens.shift();
  }
  return (text) => matchers.every((matcher) => matcher(text));
}

function tokenize(query: string): Token[] {
  return Array.from(query.matchAll(/"([^"]*)"|[()]|[\p{L}\p{N}]+/gu), ([text, phrase]): Token => {
    if (phrase !== undefined) return { kind: "phrase", text: phrase };
    const word = text.toLowerCase();
    if (word === "(" || word === ")" || word === "or" || word === "and" || word === "not") {
      return { kind: word };
    }
    return { kind: "word", text: word };
  });
}

function parseEither(tokens: Token[]): Matcher {
  const options = [parseAll(tokens)];
  while (tokens[0]?.kind === "or") {
    tokens.shift();
    options.push(parseAll(tokens));
  }
  return (text) => options.some((matcher) => matcher(text));
}

function parseAll(tokens: Token[]): Matcher {
  const conditions: Matcher[] = [];
  while (tokens[0] !== undefined && tokens[0].kind !== "or" && tokens[0].kind !== ")") {
    conditions.push(parseOne(tokens));
  }
  return (text) => conditions.every((matcher) => matcher(text));
}

function parseOne(tokens: Token[]): Matcher {
  const token = tokens.shift();
  switch (token?.kind) {
    case "word":
      return (text) => toWords(text).some((word) => word.startsWith(token.text));
    case "phrase": {
      const phrase = ` ${toWords(token.text).join(" ")} `;
      return (text) => ` ${toWords(text).join(" ")} `.includes(phrase);
    }
    case "not": {
      const negated = parseOne(tokens);
      return (text) => !negated(text);
    }
    case "(": {
      const inner = parseEither(tokens);
      if (tokens[0]?.kind === ")") tokens.shift();
      return inner;
    }
    default:
      return everything;
  }
}
