// The proof beside a plan: what it would have blocked, had it been in force.
import type { ReplayResult, Window } from "../api/types";
import { exact } from "../lib/units";
import { StateMark } from "../ui/StateMark";
import styles from "./ReplayLine.module.css";

export function ReplayLine({ replay, window }: { replay: ReplayResult; window: Window }) {
  const days = Math.max(
    1,
    Math.round((Date.parse(window.until) - Date.parse(window.from)) / 864e5),
  );
  const isSafe = replay.n_blocked === 0;
  return (
    <div className={styles.replay}>
      <p className={styles.result}>
        <StateMark
          shape={isSafe ? "dot" : "triangle"}
          look={isSafe ? "good" : "bad"}
          word={`Would have blocked ${exact(replay.n_blocked)} ${flows(replay.n_blocked)} in ${days} ${days === 1 ? "day" : "days"}`}
        />
      </p>
      <p className="muted">
        {exact(replay.n_flows)} accepted {flows(replay.n_flows)} were asked again of the rules as
        they would be.
        {replay.n_not_asked > 0 &&
          ` ${exact(replay.n_not_asked)} could not be asked: their interface or opener is not known.`}
      </p>
      {replay.blocked.length > 0 && (
        <details>
          <summary>What would have been blocked</summary>
          <ul className={styles.blocked}>
            {replay.blocked.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function flows(n: number): string {
  return n === 1 ? "flow" : "flows";
}
