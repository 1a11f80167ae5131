// Types of columns in one word: the engine has many names for what people call a text or a number.

const WORDS = [
  [/^list/i, "list"],
  [/^map/i, "map"],
  [/^(utf8|text|string|varchar|dictionary|largeutf8)/i, "text"],
  [
    /^(u?int(?!erval)|integer|smallint|bigint|tinyint|float|real|double|decimal|numeric)/i,
    "number",
  ],
  [/^(timestamp|time)/i, "time"],
  [/^date/i, "date"],
  [/^bool/i, "flag"],
] satisfies [RegExp, string][];

export function typeWord(type: string): string {
  return WORDS.find(([form]) => form.test(type))?.[1] ?? type;
}
