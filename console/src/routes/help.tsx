// Help: the keys, made from the table of commands, and the filter language in one screen.
import { COMMAND_IDS, commandOf } from "../commands/keys";
import type { Group } from "../commands/keys";
import { KeyCaps } from "../commands/KeyCaps";
import { PageHead } from "../ui/PageHead";
import { Panel } from "../ui/Panel";
import styles from "./help.module.css";

const GROUPS = ["Question", "Time", "Rows", "Go to", "Console"] as const satisfies Group[];

const MOUSE = [
  ["Click a value", "Filter by it"],
  ["Alt-click a value", "Exclude it"],
  ["Right-click a value", "Everything else that it can do"],
  ["Drag on a chart over time", "Mark a part: zoom, or ask what is different there"],
  ["Shift-click a mark of a chart", "Open its records"],
  ["Arrow keys in a chart", "From mark to mark; Enter filters, x excludes"],
] satisfies [string, string][];

const FILTERS = [
  ["action = REJECT and dstport = 22", "Rejected SSH"],
  ["10.0.0.0/8", "Either end in a network"],
  ["srcaddr in (10.0.0.7, 192.168.0.0/16)", "Addresses and networks mixed"],
  ["port in (22, 3389, 8000-9000)", "Ports and ranges, either end"],
  ["not country = US", "Everything else, also what has no country"],
  ["bytes > 10MiB", "Numbers with units"],
  ["sg-0123456789abcdef0", "Ids stand for themselves"],
  ["vpc_id is null", "What is not known"],
] satisfies [string, string][];

export function HelpPage() {
  return (
    <div className={styles.page}>
      <PageHead title="Help and keys" subtitle="Keys rest while you type; Escape leaves a field" />
      <div className={styles.columns}>
        {GROUPS.map((group) => (
          <Panel key={group} title={group}>
            <dl className={styles.keys}>
              {COMMAND_IDS.map((id) => ({ id, ...commandOf(id) }))
                .filter((command) => command.group === group)
                .map((command) => (
                  <div key={command.id}>
                    <dt>{command.title}</dt>
                    <dd>
                      {command.keys.map((keys) => (
                        <KeyCaps key={keys} keys={keys} />
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </Panel>
        ))}
        <Panel title="Mouse and charts">
          <dl className={styles.keys}>
            {MOUSE.map(([what, does]) => (
              <div key={what}>
                <dt>{what}</dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </Panel>
        <Panel title="Filters">
          <dl className={styles.filters}>
            {FILTERS.map(([filter, means]) => (
              <div key={filter}>
                <dt>
                  <code>{filter}</code>
                </dt>
                <dd>{means}</dd>
              </div>
            ))}
          </dl>
        </Panel>
        <Panel title="What the words mean">
          <dl className={styles.filters}>
            <div>
              <dt>Client, server</dt>
              <dd>Who opened the connection, and who was called; not source and destination</dd>
            </div>
            <div>
              <dt>Records</dt>
              <dd>Lines of flow logs: one per connection, way, interface and minute or ten</dd>
            </div>
            <div>
              <dt>Connections</dt>
              <dd>Records that open one, as far as flags tell</dd>
            </div>
            <div>
              <dt>Other</dt>
              <dd>The exact sum of all that is not listed</dd>
            </div>
          </dl>
        </Panel>
      </div>
    </div>
  );
}
