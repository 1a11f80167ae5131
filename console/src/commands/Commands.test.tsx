import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";

// What the palette is made of is loaded later; here it is there at once.
import "../ui/overlays/parts";
import { Commands } from "./Commands";
import { useCommand } from "./useCommand";

afterEach(cleanup);

function Page({ onSwap, onNext }: { onSwap: (() => void) | null; onNext: () => void }) {
  useCommand("question.swap", onSwap);
  useCommand("rows.next", onNext);
  return (
    <>
      <input aria-label="Filter" />
      <div role="dialog" aria-label="Row">
        <button type="button">Copy</button>
      </div>
    </>
  );
}

function open(onSwap: (() => void) | null = vi.fn()) {
  const go = vi.fn();
  const onNext = vi.fn();
  render(
    <>
      <Commands go={go} views={[{ name: "Mine", url: "/flows?q=ssh" }]} names={new Map()} />
      <Page onSwap={onSwap} onNext={onNext} />
    </>,
  );
  return { go, onSwap, onNext };
}

test("a key runs what the page registered, and a sequence goes to a page", () => {
  const { go, onSwap } = open();
  fireEvent.keyDown(document.body, { key: "s" });
  expect(onSwap).toHaveBeenCalledOnce();
  fireEvent.keyDown(document.body, { key: "g" });
  fireEvent.keyDown(document.body, { key: "e" });
  expect(go).toHaveBeenCalledWith("/explore");
});

test("keys rest while one types", () => {
  const { onSwap } = open();
  fireEvent.keyDown(screen.getByRole("textbox", { name: "Filter" }), { key: "s" });
  expect(onSwap).not.toHaveBeenCalled();
});

test("in a drawer only the keys of rows work", () => {
  const { onSwap, onNext } = open();
  const button = screen.getByRole("button", { name: "Copy" });
  fireEvent.keyDown(button, { key: "s" });
  fireEvent.keyDown(button, { key: "j" });
  expect(onSwap).not.toHaveBeenCalled();
  expect(onNext).toHaveBeenCalledOnce();
});

test("Ctrl-K opens the palette, which lists what does something here", async () => {
  const { go } = open(null);
  fireEvent.keyDown(document.body, { key: "k", ctrlKey: true });
  const box = await screen.findByRole("combobox");
  expect(screen.queryByRole("option", { name: /Swap/ })).toBeNull();
  fireEvent.change(box, { target: { value: "mine" } });
  fireEvent.keyDown(box, { key: "Enter" });
  expect(go).toHaveBeenCalledWith("/flows?q=ssh");
  await waitFor(() => expect(screen.queryByRole("combobox")).toBeNull());
});

test("a handler that goes with its page leaves no command behind", () => {
  const onSwap = vi.fn();
  const { unmount } = render(<Page onSwap={onSwap} onNext={vi.fn()} />);
  unmount();
  open(null);
  fireEvent.keyDown(document.body, { key: "s" });
  expect(onSwap).not.toHaveBeenCalled();
});
