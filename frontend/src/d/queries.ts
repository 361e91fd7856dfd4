/** What was asked of the server, and how long it holds. */
import { QueryClient } from '@tanstack/vue-query'

import { AppError } from '@/api/problem'

/** Counts and worklists are asked for again this often while the page is looked at. */
export const POLL = 60_000

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was read of people does not stay in memory long after its page was left.
      gcTime: 120_000,
      // A refusal stays one; a lost answer is asked for again.
      retry: (failures, error) => !(error instanceof AppError && error.status < 500) && failures < 2,
      refetchOnWindowFocus: true,
      // Asked also where the browser thinks it is offline: otherwise one waits without being told why.
      networkMode: 'always',
      refetchOnReconnect: true,
    },
  },
})
