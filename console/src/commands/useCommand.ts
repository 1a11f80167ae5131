// Ties a command of the table to what a component does.
import { useEffect, useRef } from "react";

import type { CommandId } from "./keys";
import { register } from "./registry";

/** While the component is shown, the command calls `handler`; null switches it off. */
export function useCommand(id: CommandId, handler: (() => void) | null): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  const isOn = handler !== null;
  useEffect(() => (isOn ? register(id, () => latest.current?.()) : undefined), [id, isOn]);
}
