// What stands where an answer will be. It shows itself after 150 ms only, and keeps the place.
import styles from "./Skeleton.module.css";

/** Grey lines in the shape of what is loading; `height` is that of the answer, in pixels. */
export function Skeleton({ height, lines = 1 }: { height?: number; lines?: number }) {
  return (
    <div className={styles.skeleton} style={{ height }} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className={styles.line} />
      ))}
    </div>
  );
}
