// Numbers as people read them: bytes in IEC units, rates in bit/s, counts with spaces.

const IEC = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
const DECIMAL = ["", "k", "M", "G", "T", "P"];

/** `1536` as `1.50 KiB`: three figures. */
export function bytesShort(amount: number): string {
  return scaled(amount, 1024, IEC, " ");
}

/** `12000` as `12.0 kbit/s`, from bits per second. */
export function bitsPerSecond(rate: number): string {
  return scaled(rate, 1000, DECIMAL, " ", "bit/s");
}

/** `1234567` as `1.23 M`; up to 9,999 in full. */
export function countShort(amount: number): string {
  if (Math.abs(amount) < 10_000) return exact(amount);
  return scaled(amount, 1000, DECIMAL, " ");
}

/** All figures, in groups of three: `1,234,567`. */
export function exact(amount: number): string {
  return Number.isInteger(amount)
    ? amount.toLocaleString("en-US")
    : amount.toLocaleString("en-US", { maximumFractionDigits: 2 });
}

/** A share of 0..1 as percent; never `0 %` for what is there, never `100 %` for what is not all. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  if (isNearlyAll(share)) return value > 99.9 ? "> 99.9 %" : `${value.toFixed(1)} %`;
  return `${value.toFixed(value >= 10 || value === 0 ? 0 : 1)} %`;
}

/** Whether a share is not all, though it would be if it were rounded to a whole number. */
function isNearlyAll(share: number): boolean {
  return share >= 0.99 && share < 1;
}

/** The change from `previous` to `value`: `+12 %`, `new`; `−100 %` only if nothing is left. */
export function change(value: number, previous: number): string {
  if (previous === 0) return value === 0 ? "0 %" : "new";
  const share = (value - previous) / previous;
  if (share >= 9.995) return `× ${(value / previous).toFixed(value / previous >= 100 ? 0 : 1)}`;
  if (isNearlyAll(-share)) return share < -0.999 ? "< −99.9 %" : `−${percent(-share)}`;
  const text = `${Math.abs(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`;
  if (share > 0) return `+${text}`;
  return share < 0 ? `−${text}` : "0 %";
}

function scaled(amount: number, base: number, units: string[], gap: string, tail = ""): string {
  let value = amount;
  let at = 0;
  while (Math.abs(value) >= base * 0.9995 && at < units.length - 1) {
    value /= base;
    at += 1;
  }
  const unit = `${units[at] ?? ""}${tail}`;
  const figures = at === 0 ? exact(Math.round(value * 100) / 100) : threeFigures(value);
  return unit ? `${figures}${gap}${unit}` : figures;
}

function threeFigures(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95) return value.toFixed(0);
  return value.toFixed(size >= 9.995 ? 1 : 2);
}
