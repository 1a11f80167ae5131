// What is different in the marked part: every field by how its shares differ inside and outside.

import { useQuery } from "@tanstack/react-query";

import * as queries from "../../api/queries";
import type { DifferentField } from "../../api/types";
import { bucketText } from "../../charts/TimeSeries";
import { fieldWord } from "../../lib/text";
import { rfc3339 } from "../../lib/time";
import { percent } from "../../lib/units";
import { scopeOf, useChange } from "../../state/question";
import type { Question } from "../../state/search";
import { Answer } from "../../ui/Answer";
import { IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { EmptyState, sentence } from "../../ui/State";
import { Value } from "../../ui/Value";
import styles from "../explore.module.css";
import { insideOf } from "./MainChart";

const HEIGHT = 300;
/** Values of a field that are shown. */
const N_VALUES = 4;

export function Different({ question }: { question: Question }) {
  const change = useChange();
  const inside = insideOf(question);
  const differences = useQuery({
    ...queries.differences({
      ...scopeOf(question),
      inside_from: inside ? rfc3339(inside.from) : "",
      inside_until: inside ? rfc3339(inside.until) : "",
    }),
    enabled: inside !== null,
  });
  if (!inside) return null;
  return (
    <Panel
      title={`What is different here? ${bucketText(inside, question.tz)}`}
      tools={
        <>
          <span className={styles.legend} aria-hidden="true">
            <i className={styles.inside} /> inside <i className={styles.outside} /> outside
          </span>
          <IconButton label="Close" onClick={() => change({ inside: null }, { isReplacing: true })}>
            <Icon name="close" />
          </IconButton>
        </>
      }
    >
      <Answer query={differences} height={HEIGHT}>
        {({ fields }) =>
          fields.length === 0 ? (
            <EmptyState title="Nothing differs">
              Inside and outside, every field has the same shares
            </EmptyState>
          ) : (
            <div className={styles.different}>
              {fields.map((it) => (
                <Field key={it.field} field={it} />
              ))}
            </div>
          )
        }
      </Answer>
    </Panel>
  );
}

function Field({ field }: { field: DifferentField }) {
  const rows = field.rows.slice(0, N_VALUES);
  const most = Math.max(...rows.flatMap((it) => [it.inside, it.outside]), Number.EPSILON);
  return (
    <section className={styles.differentField} aria-label={fieldWord(field.field)}>
      <h3>
        {sentence(fieldWord(field.field))}{" "}
        <span className={styles.score}>{percent(field.score)} apart</span>
      </h3>
      <ul>
        {rows.map((it) => (
          <li key={String(it.value)} className={styles.differentRow}>
            <Value field={field.field} value={it.value} most={24} />
            <span className={styles.pair}>
              <Share words="inside" share={it.inside} most={most} className={styles.inside} />
              <Share words="outside" share={it.outside} most={most} className={styles.outside} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ShareProps {
  words: string;
  share: number;
  /** The largest of the field: bars are compared within it. */
  most: number;
  className: string | undefined;
}

function Share({ words, share, most, className }: ShareProps) {
  return (
    <span className={styles.share} title={`${percent(share)} ${words}`}>
      <span className={styles.shareBar}>
        <span className={className} style={{ width: `${(share / most) * 100}%` }} />
      </span>
      <span className={styles.shareText}>
        {percent(share)}
        <span className="visually-hidden"> {words}</span>
      </span>
    </span>
  );
}
