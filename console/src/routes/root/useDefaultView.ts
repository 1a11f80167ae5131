// Opened without saying what, the console shows the view that was saved as the default.

import { useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import type { SavedView } from "../../api/types";

/** Goes to the default view, once, if the console was opened at its bare address. */
export function useDefaultView(views: readonly SavedView[] | undefined): void {
  const router = useRouter();
  const [isBare] = useState(() => router.latestLocation.href === "/");
  const url = views?.find((it) => it.is_default)?.url;
  useEffect(() => {
    // Whoever has gone on meanwhile is left in peace.
    if (isBare && url !== undefined && router.latestLocation.href === "/") {
      router.history.replace(url);
    }
    // Only the first time: the link to Home leads to Home.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [views !== undefined]);
}
