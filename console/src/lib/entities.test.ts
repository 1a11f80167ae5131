import { expect, test } from "vitest";

import { entityFrom } from "./entities";

test("ids, addresses, networks and ports are told apart", () => {
  const kinds = [
    ["10.0.1.7", "address"],
    ["2001:db8::7", "address"],
    ["::1", "address"],
    ["sg-0123456789abcdef0", "security-group"],
    ["i-0123456789abcdef0", "instance"],
    ["eni-0a", "interface"],
    ["111122223333", "account"],
    ["AS15169", "as"],
    ["443", "port"],
    [":22", "port"],
  ] satisfies [string, string][];
  for (const [text, kind] of kinds) expect(entityFrom(text)?.kind, text).toBe(kind);
});

test("what could be anything is nothing", () => {
  for (const text of ["", "web", "10.0.1", "10.0.1.256", "70000", "sg-", "action = REJECT"]) {
    expect(entityFrom(text), text).toBeNull();
  }
});
