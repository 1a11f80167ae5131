// What stands where a page cannot: an address that is none, and a fault of ours.

import type { ErrorComponentProps } from "@tanstack/react-router";
import { Link } from "@tanstack/react-router";

import { problemFrom } from "../../api/client";
import { EmptyState, ErrorState } from "../../ui/State";

export function NotFound() {
  return (
    <EmptyState icon="search" title="There is no such page" actions={<Link to="/">Home</Link>}>
      The address may be mistyped
    </EmptyState>
  );
}

export function Crashed({ error, reset }: ErrorComponentProps) {
  return <ErrorState problem={problemFrom(error)} onRetry={reset} />;
}
