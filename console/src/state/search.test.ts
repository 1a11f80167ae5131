import { expect, test } from "vitest";

import { parseSearch, readQuestion, stringifySearch, USUAL, writeQuestion } from "./search";

/** Reads a query string and tells what of it is not as usual. */
function check(query: string): Record<string, unknown> {
  const question = readQuestion(parseSearch(query));
  return Object.fromEntries(
    Object.entries(question).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(USUAL, name)),
    ),
  );
}

/** One URL of every form that was ever released. Lines are added, never changed. */
const FORMS: readonly (readonly [string, Record<string, unknown>])[] = [
  ["", {}],
  [
    "?q=action%3DREJECT&from=-1h&by=dstport",
    { q: "action=REJECT", from: "-1h", by: ["dstport"], server_by: [] },
  ],
  [
    "?q=srcaddr+%3D+10.0.0.1&from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z&metric=bytes",
    {
      q: "srcaddr = 10.0.0.1",
      from: "2026-03-01T00:00:00Z",
      until: "2026-03-02T00:00:00Z",
      metric: "bytes",
    },
  ],
  [
    "?by=client_addr&server_by=server_addr,server_port&compare=week&chart=lines&view=sankey",
    {
      by: ["client_addr"],
      server_by: ["server_addr", "server_port"],
      compare: "week",
      chart: "lines",
      view: "sankey",
    },
  ],
  [
    "?off=dstport+%3D+22&off=dstport+%3D+443&pin=action+%3D+REJECT&cols=srcaddr,bytes&tz=local",
    {
      off: ["dstport = 22", "dstport = 443"],
      pin: ["action = REJECT"],
      cols: ["srcaddr", "bytes"],
      tz: "local",
    },
  ],
  ["?by=none&limit=25&order=oldest", { server_by: [], limit: 25, order: "oldest" }],
  [
    "?inside=2026-03-01T10:00:00Z..2026-03-01T11:00:00Z",
    { inside: "2026-03-01T10:00:00Z..2026-03-01T11:00:00Z" },
  ],
];

test("every form of URL that was ever released is read", () => {
  for (const [query, expected] of FORMS) expect(check(query), query).toEqual(expected);
});

test("what was written is read back the same", () => {
  for (const [query] of FORMS) {
    const question = readQuestion(parseSearch(query));
    const written = stringifySearch(writeQuestion(question));
    expect(readQuestion(parseSearch(written)), query).toEqual(question);
  }
});

test("a URL can be read by people", () => {
  const question = { ...USUAL, q: "action = REJECT", by: ["dstport"], server_by: [], from: "-1h" };
  expect(stringifySearch(writeQuestion(question))).toBe("?q=action+%3D+REJECT&from=-1h&by=dstport");
  expect(stringifySearch(writeQuestion(USUAL))).toBe("");
});

test("what is wrong in a URL is as usual", () => {
  expect(check("?metric=calories&limit=-3&view=pie&by=;drop&tz=mars")).toEqual({ server_by: [] });
  expect(check("?limit=100000")).toEqual({ limit: 100 });
});
