// A line of the size of a word. Its numbers stand beside it, so it is decoration for screen readers.

import styles from "./Sparkline.module.css";

export interface SparklineProps {
  values: readonly number[];
  width?: number;
  height?: number;
  colour?: string;
}

export function Sparkline({ values, width = 88, height = 20, colour }: SparklineProps) {
  const top = Math.max(0, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((value, index) => {
    const y = top === 0 ? height - 1 : height - 1 - (value / top) * (height - 3);
    return `${(index * step).toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join("L")}`;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      className={styles.spark}
      style={{ color: colour ?? "var(--muted)" }}
      aria-hidden="true"
    >
      {values.length > 0 && (
        <>
          <path d={`${line}L${width} ${height}L0 ${height}Z`} className={styles.area} />
          <path d={line} className={styles.line} />
        </>
      )}
    </svg>
  );
}
