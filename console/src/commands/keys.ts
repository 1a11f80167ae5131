// The one table of commands and their keys: what is pressed, what the palette lists, what the help
// page prints. A command does something while a component has registered it (useCommand.ts).

export type Group = "Question" | "Time" | "Rows" | "Go to" | "Console";

export interface Command {
  title: string;
  group: Group;
  /** Each a way to call it. Strokes of a sequence stand apart: `g e`. `Mod` is Ctrl, or ⌘. */
  keys: readonly string[];
  /** Works also while a drawer has the focus. */
  isInDialog?: boolean;
}

export const COMMANDS = {
  "filter.focus": { title: "Edit the filter", group: "Question", keys: ["/"] },
  "filter.text": { title: "Filter as text or as pills", group: "Question", keys: ["e"] },
  "filter.clear": { title: "Clear the filter", group: "Question", keys: ["Shift+Backspace"] },
  "question.swap": { title: "Swap client and server", group: "Question", keys: ["s"] },
  "question.compare": { title: "Compare with the time before", group: "Question", keys: ["c"] },
  "question.metric": { title: "Next metric", group: "Question", keys: ["m"] },
  "question.run": { title: "Ask again", group: "Question", keys: ["r"] },
  "question.save": { title: "Save this view", group: "Question", keys: ["w"] },
  "question.inspect": { title: "Inspect the query", group: "Question", keys: ["i"] },
  "time.open": { title: "Choose the time", group: "Time", keys: ["t"] },
  "time.earlier": { title: "Earlier", group: "Time", keys: ["["] },
  "time.later": { title: "Later", group: "Time", keys: ["]"] },
  "time.wider": { title: "Wider window", group: "Time", keys: ["-"] },
  "time.zone": { title: "UTC or local time", group: "Time", keys: ["u"] },
  "rows.next": { title: "Next row", group: "Rows", keys: ["j"], isInDialog: true },
  "rows.previous": { title: "Previous row", group: "Rows", keys: ["k"], isInDialog: true },
  "rows.open": { title: "Open the row", group: "Rows", keys: ["Enter"] },
  "rows.only": { title: "Filter by the row", group: "Rows", keys: ["f"], isInDialog: true },
  "rows.exclude": { title: "Exclude the row", group: "Rows", keys: ["x"], isInDialog: true },
  "go.home": { title: "Home", group: "Go to", keys: ["g h"] },
  "go.explore": { title: "Explore", group: "Go to", keys: ["g e"] },
  "go.flows": { title: "Flows", group: "Go to", keys: ["g f"] },
  "go.findings": { title: "Findings", group: "Go to", keys: ["g d"] },
  "go.groups": { title: "Security groups", group: "Go to", keys: ["g s"] },
  "go.coverage": { title: "Coverage", group: "Go to", keys: ["g c"] },
  "go.sql": { title: "SQL", group: "Go to", keys: ["g q"] },
  "go.views": { title: "Saved views", group: "Go to", keys: ["g v"] },
  "commands.open": { title: "Commands", group: "Console", keys: ["Mod+k"], isInDialog: true },
  "help.open": { title: "Help and keys", group: "Console", keys: ["?"] },
  "theme.next": { title: "Dark, light or as the system", group: "Console", keys: ["d"] },
} as const satisfies Record<string, Command>;

export type CommandId = keyof typeof COMMANDS;

/** Where the commands of the group "Go to" lead. */
export const PLACES = {
  "go.home": "/",
  "go.explore": "/explore",
  "go.flows": "/flows",
  "go.findings": "/findings",
  "go.groups": "/groups",
  "go.coverage": "/coverage",
  "go.sql": "/sql",
  "go.views": "/views",
  "help.open": "/help",
} as const satisfies Partial<Record<CommandId, string>>;

/** All ids in the order of the table. */
export const COMMAND_IDS: readonly CommandId[] = idsOf(COMMANDS);

/** A command by its id. */
export function commandOf(id: CommandId): Command {
  return COMMANDS[id];
}

/** The strokes of a way to call a command, as they stand on a keyboard: `Ctrl K`, `g` then `e`. */
export function keyWords(keys: string, isMac: boolean): string[] {
  return keys.split(" ").map((stroke) =>
    stroke
      .split("+")
      .map((part) => {
        if (part === "Mod") return isMac ? "⌘" : "Ctrl";
        return part.length === 1 && stroke.includes("+") ? part.toUpperCase() : part;
      })
      .join(" "),
  );
}

function idsOf<Id extends string>(table: Record<Id, unknown>): Id[] {
  const ids: Id[] = [];
  for (const id in table) ids.push(id);
  return ids;
}
