// Findings by severity, and where rules have nothing yet: unusual rejects.

import { useQuery } from "@tanstack/react-query";

import * as queries from "../../api/queries";
import type { Finding } from "../../api/types";
import { timeShort } from "../../lib/time";
import { countShort } from "../../lib/units";
import { hrefOf, scopeOf } from "../../state/question";
import type { Question } from "../../state/search";
import { Answer } from "../../ui/Answer";
import { GoLink } from "../../ui/GoLink";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { EmptyState } from "../../ui/State";
import styles from "../home.module.css";

const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;
const N_SPIKES = 6;
const HEIGHT = 200;

export function Severities({ question }: { question: Question }) {
  const { from, until } = question;
  const findings = useQuery(queries.findings({ from, until }));
  const spikes = useQuery(queries.spikes({ ...scopeOf(question), action: "REJECT" }));
  return (
    <Panel
      title="Findings"
      tools={<GoLink href={hrefOf("/findings", question)}>All findings</GoLink>}
    >
      <Answer query={findings} height={44}>
        {(answer) =>
          answer.findings.length === 0 ? (
            // Five zeros would say that all is well; nothing has looked.
            <div className={styles.hint}>
              <p>No detection rules yet: only spikes, below, and the rules of security groups</p>
              <GoLink href={hrefOf("/findings", question)}>Checks of the security groups</GoLink>
            </div>
          ) : (
            <ul className={styles.severities}>
              {SEVERITIES.map((it) => (
                <li key={it} data-severity={it}>
                  <GoLink href={`${hrefOf("/findings", question)}#${it}`}>
                    <strong>{countOf(answer.findings, it)}</strong> {it}
                  </GoLink>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      <h3 className={styles.subhead}>Unusual rejects</h3>
      <Answer query={spikes} height={HEIGHT} lines={5}>
        {(answer) =>
          answer.spikes.length === 0 ? (
            <EmptyState icon="check" title="No unusual rejects in this window" />
          ) : (
            <ul className={styles.spikes}>
              {answer.spikes.slice(0, N_SPIKES).map((it) => (
                <li key={it.window.from}>
                  <GoLink
                    href={hrefOf("/explore", question, {
                      q: it.q,
                      metric: "flows",
                      inside: `${it.window.from}..${it.window.until}`,
                    })}
                  >
                    <Icon name="flag" size={14} />
                    <time>{timeShort(new Date(it.window.from), question.tz)}</time>
                    <span className={styles.why}>{it.why}</span>
                    <span>{countShort(it.value)}</span>
                  </GoLink>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  );
}

function countOf(findings: readonly Finding[], severity: Finding["severity"]): number {
  return findings.filter((it) => it.severity === severity && it.status === "open").length;
}
