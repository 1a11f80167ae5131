// Where logs come from, place by place; each line says its state and why.
import { useMemo, useState } from "react";
import type { CSSProperties } from "react";

import type { CoverageResource } from "../api/types";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { exact } from "../lib/units";
import { IconButton } from "../ui/Button";
import { EntityRef } from "../ui/EntityRef";
import { Icon } from "../ui/Icon";
import { EmptyState } from "../ui/State";
import { StateMark } from "../ui/StateMark";
import styles from "./CoverageTree.module.css";
import { treeLines } from "./tree";
import type { TreeLine } from "./tree";
import { STATES } from "./words";

export interface CoverageTreeProps {
  resources: readonly CoverageResource[];
  states: ReadonlySet<string>;
  word: string;
  zone: Zone;
}

export function CoverageTree({ resources, states, word, zone }: CoverageTreeProps) {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const lines = useMemo(() => {
    return treeLines({ resources, toggled, states, word });
  }, [resources, toggled, states, word]);
  const toggle = (id: string) => {
    const next = new Set(toggled);
    if (!next.delete(id)) next.add(id);
    setToggled(next);
  };
  if (lines.length === 0) return <EmptyState title="Nothing is in such a state" />;
  return (
    <div className={styles.scroll}>
      <table className={styles.tree} aria-label="VPCs, subnets and interfaces">
        <thead>
          <tr>
            <th scope="col">Place</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col" className="number">
              Interfaces
            </th>
            <th scope="col">Newest record</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.resource.id} line={line} zone={zone} onToggle={toggle} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  line: TreeLine;
  zone: Zone;
  onToggle: (id: string) => void;
}

function Line({ line, zone, onToggle }: LineProps) {
  const { resource, depth, nChildren, isOpen, nHidden } = line;
  const indent: CSSProperties = { paddingLeft: 8 + depth * 20 };
  return (
    <tr>
      <td style={indent}>
        <span className={styles.place}>
          {nChildren > 0 ? (
            <IconButton
              label={`${isOpen ? "Close" : "Open"} ${resource.name ?? resource.id}`}
              aria-expanded={isOpen}
              onClick={() => onToggle(resource.id)}
            >
              <Icon name={isOpen ? "down" : "right"} size={14} />
            </IconButton>
          ) : (
            <span className={styles.leaf} />
          )}
          <EntityRef kind={resource.kind} id={resource.id} label={resource.id} />
          {resource.name && <span>{resource.name}</span>}
          {nHidden > 0 && <span className="muted">{exact(nHidden)} more are not shown</span>}
        </span>
      </td>
      <td>
        <StateMark {...STATES[resource.state]} />
      </td>
      <td className={styles.why}>{resource.why || STATES[resource.state].means}</td>
      <td className="number">
        {resource.kind === "interface" ? "" : exact(resource.n_interfaces)}
      </td>
      <td title={resource.newest ?? undefined}>
        {resource.newest === null ? never(resource) : timeShort(new Date(resource.newest), zone)}
      </td>
    </tr>
  );
}

/** Where nothing is, nothing can be missing. */
function never(resource: CoverageResource): string {
  return resource.n_interfaces === 0 ? "" : "none";
}
