import { expect, test } from "vitest";

import { COMMAND_IDS, commandOf, keyWords } from "./keys";
import { step } from "./match";

const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };

/** The commands that a run of keys gives; `^k` is Ctrl-K. */
function press(...keys: string[]): (string | null)[] {
  let pending = "";
  const commands: (string | null)[] = [];
  for (const key of keys) {
    const ctrlKey = key.startsWith("^");
    const stroke = { ...none, key: ctrlKey ? key.slice(1) : key, ctrlKey };
    const result = step(pending, stroke);
    pending = result.pending;
    commands.push(result.command);
  }
  return commands;
}

test("a key, a sequence, a key with a modifier", () => {
  expect(press("/")).toEqual(["filter.focus"]);
  expect(press("g", "e", "g", "f")).toEqual([null, "go.explore", null, "go.flows"]);
  expect(press("^k")).toEqual(["commands.open"]);
  expect(press("?")).toEqual(["help.open"]);
});

test("a sequence that leads nowhere is forgotten, and its last key still counts", () => {
  expect(press("g", "z", "e")).toEqual([null, null, "filter.text"]);
  expect(press("g", "t")).toEqual([null, "time.open"]);
  expect(press("g", "g", "h")).toEqual([null, null, "go.home"]);
});

test("a modifier alone changes nothing, and a letter with it is not the letter", () => {
  expect(press("g", "Shift", "e")).toEqual([null, null, "go.explore"]);
  expect(press("^t", "^g")).toEqual([null, null]);
  expect(step("", { ...none, key: "T", shiftKey: true }).command).toBeNull();
  const backspace = { ...none, key: "Backspace", shiftKey: true };
  expect(step("", backspace).command).toBe("filter.clear");
});

test("no two commands have the same keys, and none is the start of another", () => {
  const all = COMMAND_IDS.flatMap((id) => commandOf(id).keys);
  expect(new Set(all).size).toBe(all.length);
  for (const keys of all) {
    expect(
      all.filter((it) => it.startsWith(`${keys} `)),
      keys,
    ).toEqual([]);
  }
});

test("keys are written as they stand on a keyboard", () => {
  expect(keyWords("Mod+k", false)).toEqual(["Ctrl K"]);
  expect(keyWords("Mod+k", true)).toEqual(["⌘ K"]);
  expect(keyWords("g e", false)).toEqual(["g", "e"]);
});
