// When a stream is opened again, with a source of events that answers as the test says.
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { stream } from "./stream";

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: FakeSource[] = [];
  readyState = 0;
  constructor() {
    super();
    FakeSource.opened.push(this);
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
  /** What a browser does: it fails for good, or is about to connect again. */
  fail(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(1);
  FakeSource.opened = [];
  vi.stubGlobal("EventSource", FakeSource);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Streams that are opened while each fails as `readyState` says and `waits` pass. */
function check(readyState: number, waits: readonly number[]): number[] {
  const stop = stream("/events", { on: {} });
  const counts = waits.map((wait) => {
    FakeSource.opened.at(-1)?.fail(readyState);
    vi.advanceTimersByTime(wait - 1);
    const before = FakeSource.opened.length;
    vi.advanceTimersByTime(1);
    return FakeSource.opened.length - before;
  });
  stop();
  return counts;
}

test("a stream that was refused is opened again, later each time", () => {
  const seconds = [1, 2, 4, 8, 16, 30, 30];
  expect(
    check(
      FakeSource.CLOSED,
      seconds.map((it) => it * 1000),
    ),
  ).toEqual(seconds.map(() => 1));
});

test("what the browser connects again by itself is left to it", () => {
  expect(check(0, [60_000])).toEqual([0]);
});

test("after it was open the wait is short again, and the connection is told", () => {
  const onConnection = vi.fn();
  const stop = stream("/events", { on: {}, onConnection });
  for (const wait of [1000, 2000]) {
    FakeSource.opened.at(-1)?.fail(FakeSource.CLOSED);
    vi.advanceTimersByTime(wait);
  }
  FakeSource.opened.at(-1)?.dispatchEvent(new Event("open"));
  FakeSource.opened.at(-1)?.fail(FakeSource.CLOSED);
  vi.advanceTimersByTime(1000);
  expect(FakeSource.opened).toHaveLength(4);
  expect(onConnection.mock.calls).toEqual([[false], [false], [true], [false]]);
  stop();
});

test("who left is not connected again", () => {
  const stop = stream("/events", { on: {} });
  FakeSource.opened.at(-1)?.fail(FakeSource.CLOSED);
  stop();
  vi.advanceTimersByTime(60_000);
  expect(FakeSource.opened).toHaveLength(1);
});

test("an event comes with its number", () => {
  const flows = vi.fn();
  const stop = stream("/tail", { on: { flows } });
  FakeSource.opened
    .at(-1)
    ?.dispatchEvent(new MessageEvent("flows", { data: "{}", lastEventId: "7" }));
  expect(flows).toHaveBeenCalledWith("{}", "7");
  stop();
});
