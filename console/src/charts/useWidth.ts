// The width that the layout gives a chart: drawings are made for it, text is never scaled.
import { useCallback, useState } from "react";

/** Where nothing is laid out (tests, print before layout), charts have this width. */
const WIDTH_UNKNOWN = 960;

export function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(WIDTH_UNKNOWN);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const read = () => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
