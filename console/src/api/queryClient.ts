// The cache of answers: what is asked again, and what happens when the server says no.

import { QueryCache, QueryClient } from "@tanstack/react-query";

import { ProblemError } from "./client";
import { session } from "./queries";
import type { SessionAnswer } from "./types";

/** How often a request is repeated that may succeed later. */
const RETRIES_MAX = 3;

/** Makes the cache; a 401 anywhere turns the session into nobody's, and the token form shows. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof ProblemError && error.status === 401) {
          client.setQueryData<SessionAnswer>(session().queryKey, {
            role: null,
            is_token_needed: true,
          });
        }
      },
    }),
    defaultOptions: {
      queries: {
        retry: (n_failures, error) =>
          n_failures < RETRIES_MAX && error instanceof ProblemError && error.isRetryable,
        refetchOnWindowFocus: false,
      },
    },
  });
  return client;
}
