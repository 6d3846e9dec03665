/**
 * Tools that nearly every task needs. Claude Code shows its model the names of tools and loads a
 * description when the model asks for it; of these it loads the description at once.
 */
export const ALWAYS_LOADED: readonly string[] = ["find_items", "get_items", "get_project"];

/** Tools whose answers are long. */
export const LONG_ANSWERS: readonly string[] = [
  "find_items",
  "get_activity",
  "get_items",
  "get_sprint",
];

/** Claude Code writes longer answers to a file; its own limit is 50,000. Ours end well below this. */
const MAX_CHARACTERS = 500_000;

/** What the client programs that know these hints read from the tool list; others ignore them. */
export function toClientHints(name: string): { _meta?: Record<string, unknown> } {
  const hints = {
    ...(ALWAYS_LOADED.includes(name) && { "anthropic/alwaysLoad": true }),
    ...(LONG_ANSWERS.includes(name) && { "anthropic/maxResultSizeChars": MAX_CHARACTERS }),
  };
  return Object.keys(hints).length === 0 ? {} : { _meta: hints };
}
