// The statement that counts addresses of the internet seen for the first time.

/** An address is new if it was not seen in so many days before the window. */
export const DAYS_BEFORE = 7;

/** Counts of first sights per bucket; `sql` is the filter as the server writes it. */
export function newPeersSql(sql: string, window: { from: string; until: string }): string {
  const { from, until } = window;
  const until_ms = Date.parse(until);
  const before = new Date(Date.parse(from) - DAYS_BEFORE * 86_400_000).toISOString();
  const step_s = Math.max(60, Math.round((until_ms - Date.parse(from)) / 24_000));
  const inside = `"end" >= TIMESTAMP '${before}' AND "end" < TIMESTAMP '${new Date(until_ms).toISOString()}'`;
  return [
    `SELECT date_bin(INTERVAL '${step_s} seconds', first_seen) AS bucket, count(*) AS n_peers`,
    `FROM (SELECT srcaddr, min("end") AS first_seen FROM flows WHERE ${inside} AND (${sql}) GROUP BY 1)`,
    `WHERE first_seen >= TIMESTAMP '${new Date(from).toISOString()}' GROUP BY 1 ORDER BY 1`,
  ].join("\n");
}
