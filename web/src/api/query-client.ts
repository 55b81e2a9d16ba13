import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api-error';

/** Answers are shown while fresher ones are fetched; what the gateway refused is not asked again by itself. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
    },
  },
});
