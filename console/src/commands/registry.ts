// Which commands do something now. Outside React: handlers come and go with components, and the
// listener for keys is one.
import type { CommandId } from "./keys";

type Handler = () => void;

const handlers = new Map<CommandId, Handler[]>();

/** Makes `handler` what the command does, until the returned function is called. */
export function register(id: CommandId, handler: Handler): () => void {
  handlers.set(id, [...(handlers.get(id) ?? []), handler]);
  return () => {
    const left = (handlers.get(id) ?? []).filter((it) => it !== handler);
    if (left.length > 0) handlers.set(id, left);
    else handlers.delete(id);
  };
}

/** Does what was registered last; false if nothing was. */
export function run(id: CommandId): boolean {
  const handler = handlers.get(id)?.at(-1);
  handler?.();
  return handler !== undefined;
}

/** Whether the command does anything on the page that is shown. */
export function isActive(id: CommandId): boolean {
  return handlers.has(id);
}
