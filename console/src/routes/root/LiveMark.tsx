// How old the newest record is: the honest form of "live". Flow logs are 1 or 10 minutes late.

import type { Status } from "../../api/types";
import { durationText, timeText, type Zone } from "../../lib/time";
import { Tooltip } from "../../ui/Tooltip";
import type { Connection } from "./live";
import styles from "./TopBar.module.css";

/** Later than the longest interval of flow logs, delivery included, something is amiss. */
const STALE_MS = 20 * 60_000;

export interface LiveMarkProps {
  status: Status | null;
  now: Date;
  zone: Zone;
  connection: Connection;
}

export function LiveMark({ status, now, zone, connection }: LiveMarkProps) {
  if (!status) return <span className={styles.live}>{"\u00A0"}</span>;
  const newest = status.newest === null ? null : new Date(status.newest);
  const age = newest && now.getTime() - newest.getTime();
  const failed = status.sources.filter((it) => it.state === "failed").length;
  const state =
    connection === "lost" || failed > 0
      ? "bad"
      : connection === "quiet" || age === null || age > STALE_MS
        ? "stale"
        : "good";
  const words = age === null ? "no records yet" : `newest record ${durationText(age)} ago`;
  return (
    <Tooltip
      text={
        <>
          {newest && `Newest record ended ${timeText(newest, zone)}. `}
          AWS adds records up over 1 or 10 minutes before it writes them.
          {connection === "quiet" && " The server sends no news at the moment."}
          {failed > 0 && ` ${failed} of ${status.sources.length} sources failed.`}
        </>
      }
    >
      <button type="button" className={styles.live} data-state={state}>
        <span className={styles.dot} />
        {connection === "lost" ? "no connection" : words}
      </button>
    </Tooltip>
  );
}
