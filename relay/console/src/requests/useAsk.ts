// Asking a node for something. What was asked is read anew, whatever came of it.
import { useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { done, keys } from '../api/queries';
import type { Asked } from './request';

export function useAsk(): (ask: Asked, reason?: string) => Promise<void> {
  const client = useQueryClient();
  return async (ask, reason = '') => {
    try {
      await done(answer(api.POST('/api/v1/requests', { body: { ask, reason } })));
    } finally {
      void client.invalidateQueries({ queryKey: keys.requests });
    }
  };
}
