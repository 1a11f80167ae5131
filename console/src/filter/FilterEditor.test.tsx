// When completions are asked for, and which are taken.
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { CompleteAnswer } from "../api/types";
import { FilterEditor } from "./FilterEditor";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** Completes the last word of a text with what begins like it. */
function completed(text: string): CompleteAnswer {
  const start = text.lastIndexOf(" ") + 1;
  const items = ["action", "REJECT"]
    .filter((it) => it.startsWith(text.slice(start)))
    .map((insert) => ({ insert, label: insert, kind: "field", doc: null, n_flows: null }) as const);
  return { start, end: text.length, items };
}

function Editor({ onApply, complete }: Omit<Parts, "box">) {
  const [value, setValue] = useState("");
  return (
    <FilterEditor
      value={value}
      placeholder=""
      problem={null}
      onChange={setValue}
      onApply={onApply}
      onCancel={() => {}}
      complete={complete}
    />
  );
}

interface Parts {
  onApply: (text: string) => void;
  complete: (text: string, at: number, signal: AbortSignal) => Promise<CompleteAnswer>;
  box: HTMLElement;
}

function open() {
  const onApply = vi.fn();
  const complete = vi.fn((text: string, _at: number, _signal: AbortSignal) =>
    Promise.resolve(completed(text)),
  );
  render(<Editor onApply={onApply} complete={complete} />);
  return { onApply, complete, box: screen.getByRole<HTMLTextAreaElement>("combobox") };
}

/** Types texts one after the other, with so many milliseconds after each. */
async function type(box: HTMLElement, texts: readonly string[], wait_ms: number): Promise<void> {
  for (const value of texts) {
    fireEvent.change(box, { target: { value } });
    await act(() => vi.advanceTimersByTimeAsync(wait_ms));
  }
}

test("who types quickly asks once, when the typing rests", async () => {
  const { complete, box } = open();
  await type(box, ["a", "ac", "act"], 20);
  expect(complete).not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(80));
  expect(complete.mock.calls.map(([text]) => text)).toEqual(["act"]);
});

test("a question that nobody waits for any more is given up", async () => {
  const { complete, box } = open();
  complete.mockImplementationOnce(() => new Promise(() => {}));
  await type(box, ["a"], 100);
  const signal = complete.mock.calls[0]?.[2];
  expect(signal?.aborted).toBe(false);
  await type(box, ["ac"], 1);
  expect(signal?.aborted).toBe(true);
});

test("Enter takes what completes the text as it is, not as it was", async () => {
  const { onApply, box } = open();
  await type(box, ["a"], 100);
  expect(screen.getByRole("option", { name: "action" })).toBeDefined();
  await type(box, ["act"], 1);
  fireEvent.keyDown(box, { key: "Enter" });
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(box.textContent).toBe("action ");
  expect(onApply).not.toHaveBeenCalled();
});

test("Enter applies a text that is whole, though the list is of one that was not", async () => {
  const { onApply, box } = open();
  await type(box, ["a"], 100);
  await type(box, ["action = REJECT"], 1);
  fireEvent.keyDown(box, { key: "Enter" });
  await act(() => vi.advanceTimersByTimeAsync(1));
  expect(onApply).toHaveBeenCalledWith("action = REJECT");
});
