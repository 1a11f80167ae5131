// Which colour a series has. Actions keep theirs everywhere; the rest takes seven in turn.

const N_COLOURS = 7;

/** The colour of the series at `index` in a chart of `field`; past the seventh it is grey. */
export function colourOf(field: string | undefined, value: unknown, index: number): string {
  if (field === "action" && value === "ACCEPT") return "var(--accept)";
  if (field === "action" && value === "REJECT") return "var(--reject)";
  return index < N_COLOURS ? `var(--series-${index + 1})` : "var(--series-other)";
}

export const OTHER_COLOUR = "var(--series-other)";
