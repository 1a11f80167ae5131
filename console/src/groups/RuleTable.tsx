// The rules of one group: what each was used for, how sure that is, and what to make of it.
import { Fragment } from "react";

import type { AdvisedRule, Window } from "../api/types";
import { countShort, exact, percent } from "../lib/units";
import { dayText, timeText } from "../lib/time";
import type { Zone } from "../lib/time";
import { Drill } from "../ui/Drill";
import { Icon } from "../ui/Icon";
import { IconButton } from "../ui/Button";
import { StateMark } from "../ui/StateMark";
import { Diff } from "./Diff";
import { confidenceMeans, isProposed, ruleLook, ruleWords } from "./words";
import styles from "./RuleTable.module.css";

export interface RuleTableProps {
  rules: readonly AdvisedRule[];
  window: Window;
  zone: Zone;
  /** The rule that is opened, or "". */
  open: string;
  onOpen: (rule: string) => void;
}

export function RuleTable({ rules, window, zone, open, onOpen }: RuleTableProps) {
  return (
    <table className={styles.rules} aria-label="Rules">
      <thead>
        <tr>
          <th scope="col" aria-label="Details" />
          <th scope="col">Rule</th>
          <th scope="col">Verdict</th>
          <th scope="col">Confidence</th>
          <th scope="col" className="number">
            Connections
          </th>
          <th scope="col" className="number">
            Only tried
          </th>
          <th scope="col" className="number">
            Peers
          </th>
          <th scope="col">Last use</th>
          <th scope="col">Proposal</th>
        </tr>
      </thead>
      <tbody>
        {rules.map((rule) => {
          const isOpen = rule.rule_id === open;
          return (
            <Fragment key={rule.rule_id}>
              <Row rule={rule} window={window} zone={zone} isOpen={isOpen} onOpen={onOpen} />
              {isOpen && (
                <tr className={styles.more}>
                  <td colSpan={9}>
                    <Details rule={rule} window={window} zone={zone} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

interface RowProps {
  rule: AdvisedRule;
  window: Window;
  zone: Zone;
  isOpen: boolean;
  onOpen: (rule: string) => void;
}

function Row({ rule, window, zone, isOpen, onOpen }: RowProps) {
  return (
    <tr>
      <td className={styles.toggle}>
        <IconButton
          label={`Details of ${ruleWords(rule)}`}
          aria-expanded={isOpen}
          onClick={() => onOpen(isOpen ? "" : rule.rule_id)}
        >
          <Icon name={isOpen ? "down" : "right"} size={14} />
        </IconButton>
      </td>
      <td>
        <span className={styles.way} data-way={rule.way}>
          {rule.way === "ingress" ? "in" : "out"}
        </span>
        <span className={styles.words}>
          {rule.protocol} {rule.ports}
        </span>
        <span className={styles.peer} title={rule.peer}>
          {rule.way === "ingress" ? "from" : "to"} <b>{rule.peer}</b>
        </span>
        {rule.description && <span className={styles.description}>{rule.description}</span>}
      </td>
      <td>
        <StateMark {...ruleLook(rule.verdict)} />
      </td>
      <td title={confidenceMeans(rule.confidence)}>{rule.confidence}</td>
      <td className="number">
        <Count rule={rule} window={window} />
      </td>
      <td className="number" title={exact(rule.n_attempts)}>
        {countShort(rule.n_attempts)}
      </td>
      <td className="number" title={exact(rule.n_peers)}>
        {countShort(rule.n_peers)}
      </td>
      <td title={rule.last_use ?? undefined}>
        {rule.last_use === null ? "never seen" : dayText(new Date(rule.last_use), zone)}
      </td>
      <td>{isProposed(rule) ? <ProposalWord action={rule.proposal?.action ?? ""} /> : "keep"}</td>
    </tr>
  );
}

/** The number of connections leads to their records. */
function Count({ rule, window }: { rule: AdvisedRule; window: Window }) {
  if (rule.n_connections === 0 || rule.q === "") return <>{countShort(rule.n_connections)}</>;
  return (
    <Drill
      to="/flows"
      patch={{ q: rule.q, from: window.from, until: window.until }}
      title={`${exact(rule.n_connections)} connections: show the records`}
    >
      {countShort(rule.n_connections)}
    </Drill>
  );
}

function ProposalWord({ action }: { action: string }) {
  return (
    <span className={styles.proposal} data-action={action}>
      {action}
    </span>
  );
}

function Details({ rule, window, zone }: Pick<RowProps, "rule" | "window" | "zone">) {
  const patch = { q: rule.q, from: window.from, until: window.until };
  return (
    <div className={styles.details}>
      <dl className={styles.facts}>
        <div>
          <dt>Rule</dt>
          <dd className="mono">{rule.rule_id}</dd>
        </div>
        <div>
          <dt>Meaning</dt>
          <dd>{ruleLook(rule.verdict).means ?? rule.verdict}</dd>
        </div>
        <div>
          <dt>Watched</dt>
          <dd title="Share of the time of the group's interfaces for which there are records">
            {percent(rule.coverage)} of the window
          </dd>
        </div>
        {rule.first_use && (
          <div>
            <dt>First use</dt>
            <dd>{timeText(new Date(rule.first_use), zone)}</dd>
          </div>
        )}
        {rule.note && (
          <div>
            <dt>Note</dt>
            <dd>{rule.note}</dd>
          </div>
        )}
      </dl>
      {rule.proposal && <Diff proposal={rule.proposal} />}
      {rule.q !== "" && (
        <p className={styles.links}>
          <Drill to="/explore" patch={patch}>
            Explore what it admitted
          </Drill>
          <Drill to="/flows" patch={patch}>
            Records
          </Drill>
        </p>
      )}
    </div>
  );
}
