// The pages at the left. Each link takes the question along.

import { Link } from "@tanstack/react-router";

import type { Status } from "../../api/types";
import { type Question, writeQuestion } from "../../state/search";
import { type Theme, useTheme } from "../../state/preferences";
import { IconButton } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import styles from "./Rail.module.css";

const PAGES: readonly { path: string; label: string; icon: IconName }[] = [
  { path: "/", label: "Home", icon: "home" },
  { path: "/explore", label: "Explore", icon: "explore" },
  { path: "/flows", label: "Flows", icon: "flows" },
  { path: "/findings", label: "Findings", icon: "findings" },
  { path: "/groups", label: "Security groups", icon: "groups" },
  { path: "/coverage", label: "Coverage", icon: "coverage" },
  { path: "/sql", label: "SQL", icon: "sql" },
  { path: "/views", label: "Saved views", icon: "views" },
];

const NEXT: Readonly<Record<Theme, Theme>> = { system: "light", light: "dark", dark: "system" };

const ICONS: Readonly<Record<Theme, IconName>> = {
  system: "contrast",
  light: "sun",
  dark: "moon",
};

export interface RailProps {
  question: Question;
  status: Status | null;
  onCommands: () => void;
  /** Null if nobody needs to sign in. */
  onLeave: (() => void) | null;
}

export function Rail({ question, status, onCommands, onLeave }: RailProps) {
  const [theme, setTheme] = useTheme();
  const search = writeQuestion(question);
  return (
    <nav className={styles.rail} aria-label="Pages">
      <Link to="/" search={search} className={styles.brand}>
        <img src="/icon.svg" alt="" width={20} height={20} />
        <span className={styles.label}>Tidegate</span>
      </Link>
      <ul className={styles.pages}>
        {PAGES.map((it) => (
          <li key={it.path}>
            <Link
              to={it.path}
              search={search}
              className={styles.link}
              activeOptions={{ exact: it.path === "/", includeSearch: false }}
              title={it.label}
            >
              <Icon name={it.icon} />
              <span className={styles.label}>{it.label}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.foot}>
        <IconButton label="Commands (Ctrl K)" onClick={onCommands}>
          <Icon name="search" />
        </IconButton>
        <IconButton label={`Theme: ${theme}`} onClick={() => setTheme(NEXT[theme])}>
          <Icon name={ICONS[theme]} />
        </IconButton>
        <Link to="/help" search={search} className={styles.help} title="Help and keys (?)">
          <Icon name="help" />
          <span className="visually-hidden">Help and keys</span>
        </Link>
        {onLeave && (
          <IconButton label="Sign out" onClick={onLeave}>
            <Icon name="user" />
          </IconButton>
        )}
      </div>
      {status && <p className={styles.version}>{status.version}</p>}
    </nav>
  );
}
