// The numbers of a chart as a table, largest first: what "View as table" shows.
import { percent } from "../lib/units";
import type { Measure } from "./measure";
import styles from "./AmountTable.module.css";

export interface AmountTableProps {
  name: string;
  heads: readonly string[];
  rows: readonly AmountRow[];
  total: number;
  measure: Measure;
}

export interface AmountRow {
  id: string;
  cells: readonly string[];
  amount: number;
}

export function AmountTable({ name, heads, rows, total, measure }: AmountTableProps) {
  return (
    <table className={styles.table} aria-label={name}>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          <th scope="col" className={styles.number}>
            {measure.noun}
          </th>
          <th scope="col" className={styles.number}>
            Share
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            {row.cells.map((cell, index) => (
              <td key={heads[index] ?? index} className={styles.value}>
                {cell}
              </td>
            ))}
            <td className={styles.number} title={measure.exact(row.amount)}>
              {measure.short(row.amount)}
            </td>
            <td className={styles.number}>{percent(total > 0 ? row.amount / total : 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
