import type { User } from "./state.ts";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ESCAPES[character]!);

const MENTION = /(^|[^\w@])@([\w.-]*\w)/g;

/**
 * The `*_html` fields. Deliberately minimal Markdown: paragraphs, bold text, code and mentions;
 * everything else stays as typed.
 */
export function toHtml(text: string, users: readonly User[]): string {
  return text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => `<p>${toInlineHtml(paragraph.trim(), users)}</p>`)
    .join("\n");
}

function toInlineHtml(text: string, users: readonly User[]): string {
  return escapeHtml(text)
    .replace(/\*\*(.+?)\*\*/g, "<strong>$1</strong>")
    .replace(/`(.+?)`/g, "<code>$1</code>")
    .replace(MENTION, (match, before: string, name: string) => {
      const user = users.find((row) => row.username === name);
      if (user === undefined) return match;
      const title = escapeHtml(user.full_name);
      return `${before}<a class="mention" href="/profile/${name}" title="${title}">@${name}</a>`;
    });
}

/** The users whose @name appears in a text. */
export function findMentions(text: string, users: readonly User[]): User[] {
  const names = new Set(Array.from(text.matchAll(MENTION), (match) => match[2]));
  return users.filter((user) => names.has(user.username));
}
