// Text of the server: what stands between backticks is a name of a field, a value, a command.

export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    // Backticks come in pairs: every second part is between two.
    // oxlint-disable-next-line react/no-array-index-key
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
