// An act on a site, as the relay is asked for it: a line it holds and releases itself, the rest is for headquarters to decide.
import { useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../api/client';
import { done, keys } from '../api/queries';
import type { SiteAct } from './acts';

export interface SiteActs {
  act: (act: SiteAct, code: string, reason?: string) => Promise<void>;
  /** What they changed is read anew, whatever came of them. */
  afterwards: (act: SiteAct) => void;
}

export function useSiteAct(): SiteActs {
  const client = useQueryClient();
  return {
    act: async (act, code, reason = '') => {
      const params = { path: { code } };
      if (act === 'hold') await done(answer(api.POST('/api/v1/sites/{code}/line', { params, body: { reason } })));
      else if (act === 'release') await done(answer(api.DELETE('/api/v1/sites/{code}/line', { params })));
      else await done(answer(api.POST('/api/v1/requests', { body: { ask: { act, site: code }, reason } })));
    },
    afterwards: (act) => void client.invalidateQueries({ queryKey: act === 'hold' || act === 'release' ? keys.sites : keys.requests }),
  };
}
