// The three charts as people and screen readers meet them: names, marks, keys, the table.
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

import { exact } from "../lib/units";
import { Matrix } from "./Matrix";
import { Sankey } from "./Sankey";
import { WorldMap } from "./WorldMap";

afterEach(cleanup);

const measure = { noun: "records", short: exact, exact: (it: number) => `${exact(it)} records` };

function sankey(onPick = vi.fn()) {
  const columns = [
    {
      field: "client_addr",
      title: "Client",
      nValues: 9,
      values: [
        { value: "10.0.0.1", amount: 60 },
        { value: "10.0.0.2", amount: 30 },
      ],
    },
    {
      field: "server_port",
      title: "Port",
      nValues: 4,
      values: [
        { value: 443, amount: 60 },
        { value: 22, amount: 30 },
      ],
    },
    {
      field: "server_addr",
      title: "Server",
      nValues: 2,
      values: [{ value: "10.9.0.1", amount: 90 }],
    },
  ];
  const links = [
    [
      { key: ["10.0.0.1", 443], value: 60 },
      { key: ["10.0.0.2", 22], value: 30 },
    ],
    [
      { key: [443, "10.9.0.1"], value: 60 },
      { key: [22, "10.9.0.1"], value: 30 },
    ],
  ];
  render(<Sankey columns={columns} links={links} total={100} measure={measure} onPick={onPick} />);
  return onPick;
}

test("the name of a sankey states its result", () => {
  sankey();
  expect(
    screen.getByRole("img", { name: /^100 records\. Largest: client 10\.0\.0\.1 60 %/ }),
  ).toBeDefined();
});

test("a mark is picked by click and by key, and Other is not", () => {
  const onPick = sankey();
  const port = screen.getByRole("button", { name: "Port 443 https: 60, 60 %" });
  fireEvent.click(port);
  fireEvent.click(port, { altKey: true });
  fireEvent.keyDown(port, { key: "x" });
  fireEvent.keyDown(port, { key: "Enter", shiftKey: true });
  const terms = [{ field: "server_port", value: 443 }];
  expect(onPick.mock.calls).toEqual([
    [terms, "only"],
    [terms, "not"],
    [terms, "not"],
    [terms, "records"],
  ]);
  fireEvent.click(screen.getByRole("img", { name: "Client Other (7): 10, 10 %" }));
  expect(onPick).toHaveBeenCalledTimes(4);
});

test("a link of a sankey picks both of its ends", () => {
  const onPick = sankey();
  fireEvent.click(screen.getByRole("button", { name: "10.0.0.2 to 22 ssh: 30, 30 %" }));
  expect(onPick).toHaveBeenCalledWith(
    [
      { field: "client_addr", value: "10.0.0.2" },
      { field: "server_port", value: 22 },
    ],
    "only",
  );
});

test("a chart is one stop for Tab, and arrows walk its marks", () => {
  sankey();
  const stops = screen.getAllByRole("button").filter((it) => it.getAttribute("tabindex") === "0");
  expect(stops).toHaveLength(1);
  const client = screen.getByRole("button", { name: /^Client 10\.0\.0\.1/ });
  client.focus();
  fireEvent.keyDown(client, { key: "ArrowDown" });
  expect(document.activeElement?.getAttribute("aria-label")).toMatch(/^Client 10\.0\.0\.2/);
});

test("the table has the numbers of the picture", () => {
  sankey();
  fireEvent.click(screen.getByRole("button", { name: "View as table" }));
  const rows = screen.getAllByRole("row").map((row) => row.textContent);
  expect(rows[0]).toBe("FromTorecordsShare");
  expect(rows).toContain("10.0.0.1443 https6060 %");
  expect(rows).toHaveLength(7);
});

test("a pair of a matrix picks row and column, a head only its side", () => {
  const onPick = vi.fn();
  render(
    <Matrix
      sides={[
        {
          field: "client_addr",
          title: "Client",
          nValues: 2,
          values: [
            { value: "a", amount: 3 },
            { value: "b", amount: 1 },
          ],
        },
        {
          field: "server_addr",
          title: "Server",
          nValues: 1,
          values: [{ value: "x", amount: 4 }],
        },
      ]}
      pairs={[
        { key: ["a", "x"], value: 3 },
        { key: ["b", "x"], value: 1 },
      ]}
      total={4}
      measure={measure}
      onPick={onPick}
    />,
  );
  expect(screen.getByRole("img", { name: /2 by 1\. Largest pair: a to x, 75 %/ })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "b to x: 1, 25 %" }));
  fireEvent.click(screen.getByRole("button", { name: "Server x: 4, 100 %" }));
  expect(onPick.mock.calls).toEqual([
    [
      [
        { field: "client_addr", value: "b" },
        { field: "server_addr", value: "x" },
      ],
      "only",
    ],
    [[{ field: "server_addr", value: "x" }], "only"],
  ]);
});

test("the map names its largest country, and small ones can be picked, too", () => {
  const onPick = vi.fn();
  const onAction = vi.fn();
  render(
    <WorldMap
      field="src_country_code"
      countries={[
        { code: "DE", amount: 70 },
        { code: "SG", amount: 20 },
        { code: null, amount: 10 },
      ]}
      rest={0}
      measure={measure}
      action="REJECT"
      onAction={onAction}
      onPick={onPick}
    />,
  );
  const name = "2 countries of 100 records rejected. Largest: Germany, 70 %";
  expect(screen.getByRole("img", { name })).toBeDefined();
  fireEvent.click(screen.getByRole("button", { name: "Singapore: 20, 20 %" }));
  expect(onPick).toHaveBeenCalledWith([{ field: "src_country_code", value: "SG" }], "only");
  fireEvent.click(screen.getByRole("button", { name: "Germany" }), { altKey: true });
  expect(onPick).toHaveBeenLastCalledWith([{ field: "src_country_code", value: "DE" }], "not");
  fireEvent.click(screen.getByRole("button", { name: "Accepted" }));
  expect(onAction).toHaveBeenCalledWith("ACCEPT");
  expect(screen.getByRole("button", { name: "Rejected" }).getAttribute("aria-pressed")).toBe(
    "true",
  );
});
