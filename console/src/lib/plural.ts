// Counted nouns.
import { exact } from "./units";

/** `1 rule`, `1,204 rules`. */
export function plural(count: number, noun: string): string {
  return `${exact(count)} ${count === 1 ? noun : `${noun}s`}`;
}
