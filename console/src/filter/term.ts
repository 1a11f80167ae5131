// Terms of the filter language as text: `field = value`, joined with `and`.
// The language itself is the server's; this knows only how to write what a click means.

/** Text that stands bare in a filter; everything else is quoted. */
const BARE = /^[A-Za-z0-9_][A-Za-z0-9_.:/@-]*$/;
const KEY_WORDS = new Set(["and", "or", "not", "in", "is", "null"]);

/** `field = value`; null is `field is null`. */
export function isTerm(field: string, value: string | number | null): string {
  return value === null ? `${field} is null` : `${field} = ${quoted(value)}`;
}

/** `field != value`, which also keeps records where the field is unknown. */
export function isNotTerm(field: string, value: string | number | null): string {
  return value === null ? `${field} is not null` : `${field} != ${quoted(value)}`;
}

/** All of `parts` at once; empty ones are left out. */
export function all(...parts: readonly string[]): string {
  const some = parts.map((it) => it.trim()).filter((it) => it !== "");
  if (some.length === 1) return some[0] ?? "";
  return some.map((it) => (hasOr(it) ? `(${it})` : it)).join(" and ");
}

function hasOr(text: string): boolean {
  return /\bor\b/i.test(text) && !isWrapped(text);
}

/** Whether the parentheses at both ends belong together. */
function isWrapped(text: string): boolean {
  if (!text.startsWith("(") || !text.endsWith(")")) return false;
  let depth = 0;
  for (const [index, letter] of [...text].entries()) {
    if (letter === "(") depth += 1;
    if (letter === ")") depth -= 1;
    if (depth === 0 && index < text.length - 1) return false;
  }
  return true;
}

function quoted(value: string | number): string {
  const text = String(value);
  if (BARE.test(text) && !KEY_WORDS.has(text.toLowerCase())) return text;
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`;
}
