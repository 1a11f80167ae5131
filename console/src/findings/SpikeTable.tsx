// Unusual hours of a window, each with what is usual beside it and a way to its records.
import type { Spike } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { countShort, exact } from "../lib/units";
import { Drill } from "../ui/Drill";
import { StateMark } from "../ui/StateMark";
import styles from "./SpikeTable.module.css";

export function SpikeTable({ spikes, zone }: { spikes: readonly Spike[]; zone: Zone }) {
  const most = Math.max(1, ...spikes.map((it) => Math.max(it.value, it.usual)));
  return (
    <div className={styles.scroll}>
      <table className={styles.spikes} aria-label="Spikes of rejected traffic">
        <thead>
          <tr>
            <th scope="col">Signal</th>
            <th scope="col">When</th>
            <th scope="col">Why</th>
            <th scope="col">Records, and the usual</th>
            <th scope="col">Look</th>
          </tr>
        </thead>
        <tbody>
          {spikes.map((spike) => (
            <Row key={`${spike.window.from} ${spike.q}`} spike={spike} most={most} zone={zone} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ spike, most, zone }: { spike: Spike; most: number; zone: Zone }) {
  const { from, until } = spike.window;
  const patch = { q: spike.q, from, until };
  const inside = `${from}..${until}`;
  return (
    <tr>
      <td>
        <StateMark shape="triangle" look="warn" word="spike" />
      </td>
      <td title={inside}>
        {timeShort(new Date(from), zone)} – {timeShort(new Date(until), zone)}
      </td>
      <td className={styles.why}>{spike.why}</td>
      <td>
        <span className={styles.bars}>
          <i data-of="value" style={{ width: `${(spike.value / most) * 100}%` }} />
          <i data-of="usual" style={{ width: `${(spike.usual / most) * 100}%` }} />
        </span>
        <span title={`${exact(spike.value)} records, usually ${exact(spike.usual)}`}>
          {countShort(spike.value)}, usually {countShort(spike.usual)}
        </span>
      </td>
      <td className={styles.links}>
        <Drill to="/explore" patch={{ ...patch, by: ["srcaddr"], server_by: ["dstport"] }}>
          Explore
        </Drill>
        <Drill to="/flows" patch={patch}>
          Records
        </Drill>
      </td>
    </tr>
  );
}
