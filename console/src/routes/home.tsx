// Home: what a person looks at first in the morning. Everything on it is a link to its records.

import { hrefOf, useQuestion } from "../state/question";
import { GoLink } from "../ui/GoLink";
import { Panel } from "../ui/Panel";
import styles from "./home.module.css";
import { Freshness } from "./home/Freshness";
import { Movers } from "./home/Movers";
import { Numbers } from "./home/Numbers";
import { RECOMMENDED } from "./home/questions";
import { Severities } from "./home/Severities";
import { useNow, useStatus } from "./root/live";

export function HomePage() {
  const question = useQuestion();
  const status = useStatus();
  const now = useNow();
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">Home</h1>
      <Numbers question={question} />
      <div className={styles.columns}>
        <Movers question={question} />
        <Severities question={question} />
        <Panel title="Recommended questions">
          <ul className={styles.questions}>
            {RECOMMENDED.map((it) => (
              <li key={it.title}>
                <GoLink href={hrefOf("/explore", { ...question, off: [] }, it.patch)}>
                  <strong>{it.title}</strong>
                  <span>{it.why}</span>
                </GoLink>
              </li>
            ))}
          </ul>
        </Panel>
        {status && <Freshness status={status} now={now} />}
      </div>
    </div>
  );
}
