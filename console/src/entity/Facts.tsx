// Who a thing is: facts, when it was seen, what belongs to it, and what it was before.
import type { Entity, EntityLink, EntityState } from "../api/types";
import { kindWord } from "../lib/entities";
import { timeShort } from "../lib/time";
import type { Zone } from "../lib/time";
import { EntityRef } from "../ui/EntityRef";
import styles from "./Facts.module.css";

export function Facts({ entity, zone }: { entity: Entity; zone: Zone }) {
  return (
    <dl className={styles.facts}>
      {entity.facts.map((fact) => (
        <div key={`${fact.name} ${fact.value}`}>
          <dt>{fact.name}</dt>
          <dd>{fact.link ? <FactLink value={fact.value} link={fact.link} /> : fact.value}</dd>
        </div>
      ))}
      <Seen name="First seen" time={entity.first_seen} zone={zone} />
      <Seen name="Last seen" time={entity.last_seen} zone={zone} />
    </dl>
  );
}

/** An id alone is called by its name, if it has one. */
function FactLink({ value, link }: { value: string; link: EntityLink }) {
  const label = value === link.id ? {} : { label: value };
  return <EntityRef kind={link.kind} id={link.id} {...label} />;
}

function Seen({ name, time, zone }: { name: string; time: string | null; zone: Zone }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd title={time ?? undefined}>
        {time === null ? "not in this window" : timeShort(new Date(time), zone)}
      </dd>
    </div>
  );
}

/** What belongs to it, by kind. */
export function Related({ links }: { links: readonly EntityLink[] }) {
  const kinds = [...new Set(links.map((link) => link.kind))];
  return (
    <dl className={styles.facts}>
      {kinds.map((kind) => (
        <div key={kind}>
          <dt>{kindWord(kind)}</dt>
          <dd className={styles.links}>
            {links
              .filter((link) => link.kind === kind)
              .map((link) => (
                <EntityRef key={link.id} kind={link.kind} id={link.id} label={link.label} />
              ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What it was and when, the newest first. */
export function History({ states, zone }: { states: readonly EntityState[]; zone: Zone }) {
  const when = (time: string | null, other: string) => {
    return time === null ? other : timeShort(new Date(time), zone);
  };
  return (
    <ol className={styles.history}>
      {states.toReversed().map((state) => (
        <li key={`${state.from ?? ""} ${state.text}`}>
          <span className={styles.when}>
            {when(state.from, "before")} – {when(state.until, "now")}
          </span>
          {state.text}
        </li>
      ))}
    </ol>
  );
}
