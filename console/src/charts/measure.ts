/** How a chart says an amount: short in the picture, exact on demand. */
export interface Measure {
  /** "bytes", "records", ... : the noun of the sentence that names the chart. */
  noun: string;
  short: (amount: number) => string;
  exact: (amount: number) => string;
}

/** An amount with its noun: "1.2 M records"; bytes have their unit already. */
export function amountWords(measure: Measure, amount: number): string {
  const words = measure.short(amount);
  return measure.noun === "bytes" ? words : `${words} ${measure.noun}`;
}
