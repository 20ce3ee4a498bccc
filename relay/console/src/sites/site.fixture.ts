// A site as tests need one.
import type { Site } from '../api/client';

export const site = (more: Partial<Site>): Site => ({
  id: more.code ?? '', code: 'PAR', name: 'Paris', country: 'FR', jurisdiction: 'FR', headquarters: false, connected: false, scopes: [], health: null, ...more,
});
