// Calls that come in bursts, made few without losing the last.

export interface Paced {
  call: () => void;
  /** Forgets what is still to be made up for. */
  stop: () => void;
}

/**
 * Acts on the first call at once, then at most every `ms`. Calls in between are made up for by one at
 * the end of the time, so that what the last of them told is not missed.
 */
export function paced(act: () => void, ms: number): Paced {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let isWanted = false;
  const run = () => {
    isWanted = false;
    timer = setTimeout(() => {
      timer = null;
      if (isWanted) run();
    }, ms);
    act();
  };
  return {
    call: () => {
      if (timer === null) run();
      else isWanted = true;
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      isWanted = false;
    },
  };
}
