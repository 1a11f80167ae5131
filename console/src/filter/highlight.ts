// Cuts a filter into words for the editor's colours. Only colours: the server reads the filter.

export interface Word {
  text: string;
  kind: "field" | "operator" | "value" | "keyword" | "space";
  start: number;
}

const PATTERN =
  /(?<space>\s+)|(?<text>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<operator>[=!<>~]+|[(),-](?=\s|\(|$)|[(),!])|(?<word>[^\s=!<>~(),"']+)/g;
const KEY_WORDS = new Set(["and", "or", "not", "in", "is", "null", "contains"]);

/** The words of `filter`, in order and without gaps. */
export function words(filter: string): Word[] {
  const found: Word[] = [];
  for (const match of filter.matchAll(PATTERN)) {
    const text = match[0];
    found.push({ text, kind: kindOf(match.groups ?? {}, filter, match.index), start: match.index });
  }
  return found;
}

function kindOf(
  groups: Record<string, string | undefined>,
  filter: string,
  start: number,
): Word["kind"] {
  if (groups["space"] !== undefined) return "space";
  if (groups["text"] !== undefined) return "value";
  if (groups["operator"] !== undefined) return "operator";
  const word = groups["word"] ?? "";
  if (KEY_WORDS.has(word.toLowerCase())) return "keyword";
  const after = filter.slice(start + word.length);
  return /^\s*([=!<>~]|(not\s+)?in\b|is\b|contains\b)/i.test(after) ? "field" : "value";
}

/** A piece of a text with its colour, and whether the fault is in it. */
export interface Piece extends Word {
  isWrong: boolean;
}

/** The words, cut where a fault begins and ends. */
export function pieces(filter: string, fault: { start: number; end: number } | null): Piece[] {
  const cuts = fault ? [fault.start, Math.max(fault.end, fault.start + 1)] : [];
  return words(filter).flatMap((word) => {
    const edges = cuts.filter((it) => it > word.start && it < word.start + word.text.length);
    const bounds = [word.start, ...edges, word.start + word.text.length];
    return bounds.slice(1).map((end, index) => {
      const start = bounds[index] ?? word.start;
      const isWrong = fault !== null && start >= fault.start && end <= (cuts[1] ?? 0);
      return { text: filter.slice(start, end), kind: word.kind, start, isWrong };
    });
  });
}
