// What an answer of the server becomes.
import { afterEach, expect, test, vi } from "vitest";

import { get } from "./client";

afterEach(() => vi.unstubAllGlobals());

async function check(status: number, type: string | null, body: string): Promise<unknown> {
  const headers = new Headers(type === null ? {} : { "content-type": type });
  const response = new Response(body === "" ? null : body, { status, headers });
  vi.stubGlobal("fetch", () => Promise.resolve(response));
  return get("/advice/emit", { form: "cli" });
}

test("a text that is still being made is no text, and not an empty one", async () => {
  expect(await check(202, null, "")).toBeNull();
  expect(await check(200, "text/plain; charset=utf-8", "")).toBe("");
  expect(await check(200, "text/plain; charset=utf-8", "#!/bin/sh")).toBe("#!/bin/sh");
});

test("an answer that says how far it is, is read", async () => {
  const working = '{"state":"working","report":null}';
  expect(await check(202, "application/json", working)).toEqual({ state: "working", report: null });
});
