// What the events of the server do to the answers that are shown.
import { QueryClient, QueryClientProvider, QueryObserver } from "@tanstack/react-query";
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import * as queries from "../../api/queries";
import { useLive } from "./live";

class FakeSource extends EventTarget {
  static readonly CLOSED = 2;
  static last: FakeSource;
  readyState = 0;
  constructor() {
    super();
    FakeSource.last = this;
  }
  close(): void {
    this.readyState = FakeSource.CLOSED;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page that shows so many answers of `keys`; tells how often each was asked again. */
function open(keys: readonly (readonly unknown[])[]) {
  const client = new QueryClient();
  const asked = keys.map((queryKey) => {
    const queryFn = vi.fn(() => Promise.resolve(1));
    const query = { queryKey, queryFn, initialData: 0, staleTime: Infinity, retry: false };
    new QueryObserver(client, query).subscribe(() => {});
    return queryFn;
  });
  const { result } = renderHook(() => useLive(true), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
  const counts = () => asked.map((it) => it.mock.calls.length);
  return { client, connection: () => result.current, counts };
}

const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

/** A commit of the lake, and time for what it does at once. */
async function commit(version: number): Promise<void> {
  const lake = { version, newest: null, oldest: null, n_rows: version, n_files: 1, n_bytes: 1 };
  FakeSource.last.dispatchEvent(new MessageEvent("lake", { data: JSON.stringify(lake) }));
  await wait(1);
}

test("who connects asks nothing again while the version is the same", async () => {
  const { counts } = open([["/explore", {}]]);
  await commit(7);
  await commit(7);
  expect(counts()).toEqual([0]);
  await commit(8);
  expect(counts()).toEqual([1]);
});

test("what was read of an older version is asked again on connecting", async () => {
  const { client, counts } = open([["/explore", {}]]);
  client.setQueryData(queries.status().queryKey, JSON.parse('{"lake_version":6}'));
  await commit(7);
  expect(counts()).toEqual([1]);
});

test("the last commit of a burst is shown too, when the time between is over", async () => {
  const { counts } = open([["/explore", {}]]);
  for (const version of [1, 2, 3, 4]) await commit(version);
  expect(counts()).toEqual([1]);
  await wait(30_000);
  expect(counts()).toEqual([2]);
  await wait(60_000);
  expect(counts()).toEqual([2]);
});

test("all that changes with records is asked again, and records are not", async () => {
  const { counts } = open([
    ["/newcomers", {}],
    ["/entity/address/10.0.0.1", {}],
    ["pairs", {}],
    ["/flows", {}],
    ["/schema", {}],
  ]);
  await commit(1);
  await commit(2);
  expect(counts()).toEqual([1, 1, 1, 0, 0]);
});

/** What is told of the connection a while after the stream broke and `/session` answers so. */
async function check(answer: () => Promise<Response>): Promise<string> {
  vi.stubGlobal("fetch", answer);
  const page = open([]);
  FakeSource.last.readyState = FakeSource.CLOSED;
  FakeSource.last.dispatchEvent(new Event("error"));
  // That no events come is said only after a while.
  await wait(6000);
  const told = page.connection();
  FakeSource.last.dispatchEvent(new Event("open"));
  await wait(1);
  expect(page.connection()).toBe("live");
  return told;
}

test("a server that refuses a stream is there, one that does not answer is not", async () => {
  const headers = { "content-type": "application/json" };
  const session = '{"role":"admin","is_token_needed":false}';
  const answers = (status: number, body: string) => () =>
    Promise.resolve(new Response(body, { status, headers }));
  expect(await check(answers(200, session))).toBe("quiet");
  expect(await check(answers(503, '{"code":"busy"}'))).toBe("quiet");
  expect(await check(answers(502, ""))).toBe("lost");
  expect(await check(() => Promise.reject(new TypeError("failed")))).toBe("lost");
});

test("a session that ended shows the form for the token", async () => {
  const { client } = open([]);
  const body = '{"role":null,"is_token_needed":true}';
  const headers = { "content-type": "application/json" };
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { headers })));
  FakeSource.last.dispatchEvent(new Event("error"));
  await wait(1);
  expect(client.getQueryData(queries.session().queryKey)).toMatchObject({ role: null });
});

test("what failed while the server was away is asked again when it is back", async () => {
  const client = new QueryClient();
  const queryFn = vi.fn(() => Promise.reject(new Error("away")));
  new QueryObserver(client, { queryKey: ["/flows"], queryFn, retry: false }).subscribe(() => {});
  renderHook(() => useLive(true), {
    wrapper: ({ children }) => (
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    ),
  });
  await wait(1);
  FakeSource.last.dispatchEvent(new Event("open"));
  await wait(1);
  expect(queryFn).toHaveBeenCalledTimes(2);
});
