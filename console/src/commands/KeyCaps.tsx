// Keys as they look: on the help page, in the palette, in menus.
import { keyWords } from "./keys";
import styles from "./KeyCaps.module.css";

/** The strokes of a way to call a command. */
export function KeyCaps({ keys }: { keys: string }) {
  return (
    <span className={styles.keys}>
      {keyWords(keys, isMac()).map((stroke, index) => (
        <kbd key={`${index} ${stroke}`} className={styles.key}>
          {stroke}
        </kbd>
      ))}
    </span>
  );
}

function isMac(): boolean {
  return navigator.userAgent.includes("Mac");
}
