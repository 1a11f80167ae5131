// Saved views: names for addresses of the console, for everybody who uses this lake.
import { Link } from "@tanstack/react-router";

import type { SavedView } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { parseSearch } from "../state/search";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu, type MenuItem } from "../ui/Menu";
import { StateMark } from "../ui/StateMark";
import styles from "./ViewTable.module.css";

export interface ViewTableProps {
  views: readonly SavedView[];
  zone: Zone;
  /** Whether whoever looks may change them. */
  isWritable: boolean;
  onDefault: (view: SavedView) => void;
  onEdit: (view: SavedView) => void;
  onDelete: (view: SavedView) => void;
  onCopy: (view: SavedView) => void;
}

export function ViewTable({ views, zone, isWritable, ...actions }: ViewTableProps) {
  return (
    <table className={styles.views} aria-label="Saved views">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">What for</th>
          <th scope="col">Address</th>
          <th scope="col">Saved</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {views.map((view) => (
          <tr key={view.name}>
            <td>
              <Link {...linkOf(view.url)} className={styles.name}>
                {view.name}
              </Link>
              {view.is_default && <StateMark shape="dot" look="note" word="opens first" />}
            </td>
            <td className={styles.description}>{view.description ?? ""}</td>
            <td className={styles.url} title={view.url}>
              {view.url}
            </td>
            <td title={view.saved_at}>{timeShort(new Date(view.saved_at), zone)}</td>
            <td>
              <Menu
                align="end"
                trigger={
                  <IconButton label={`Actions for ${view.name}`}>
                    <Icon name="more" />
                  </IconButton>
                }
                items={[
                  { label: "Copy the link", icon: "copy", onSelect: () => actions.onCopy(view) },
                  ...(isWritable ? changes(view, actions) : []),
                ]}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type Actions = Pick<ViewTableProps, "onDefault" | "onEdit" | "onDelete">;

function changes(view: SavedView, { onDefault, onEdit, onDelete }: Actions): MenuItem[] {
  const first = view.is_default ? "Do not open first" : "Open first";
  return [
    { label: "Edit", icon: "edit", onSelect: () => onEdit(view) },
    { label: first, icon: "home", onSelect: () => onDefault(view) },
    "line",
    { label: "Delete", icon: "close", onSelect: () => onDelete(view) },
  ];
}

/** An address of the console as the router takes it. */
export function linkOf(url: string) {
  const [path = "/", query = ""] = url.split("?");
  return { to: path, search: parseSearch(query) };
}
