// What a value on the screen can do. The root gives the actions; `ui/Value` uses them.

import { createContext, useCallback, useContext } from "react";

import type { Note } from "../api/types";
import { wordOf } from "../lib/text";
import type { Place } from "../ui/Menu";

export type FieldValue = string | number | null;

export interface Picked {
  field: string;
  value: FieldValue;
  /** The filter of what the value stands in, if that is not the filter of the question. */
  scope: string;
}

export interface ValueActions {
  /** Adds `field = value` to the filter. */
  include: (picked: Picked) => void;
  /** Adds `field != value`. */
  exclude: (picked: Picked) => void;
  /** Opens the menu of the value at a place. */
  openMenu: (place: Place, picked: Picked) => void;
  /** The address of the value's own page, if its field has such pages. */
  entityHref: (field: string, value: FieldValue) => string | null;
  /** What somebody noted on the value. */
  noteOf: (field: string, value: FieldValue) => Note | null;
  /** What people call the value: the name tag of an interface, the name of a group. */
  nameOf: (value: FieldValue) => string | null;
}

const NONE: ValueActions = {
  include: () => {},
  exclude: () => {},
  openMenu: () => {},
  entityHref: () => null,
  noteOf: () => null,
  nameOf: () => null,
};

/** Without the root, values are text. */
export const ValueActionsContext = createContext<ValueActions>(NONE);

/** A filter that goes along when a value is picked: that of the entity the page is about. */
export const ValueScopeContext = createContext<string>("");

export const useValueActions = (): ValueActions => useContext(ValueActionsContext);

/** Says a value as people call it: by its name if it has one. */
export function useWordFor(): (field: string, value: FieldValue) => string {
  const { nameOf } = useValueActions();
  return useCallback((field, value) => nameOf(value) ?? wordOf(field, value), [nameOf]);
}
