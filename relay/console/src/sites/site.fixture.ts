// A site as tests need one, and what it says of itself.
import type { Schemas, Site } from '../api/client';

export const site = (more: Partial<Site>): Site => ({
  id: more.code ?? '', code: 'PAR', name: 'Paris', country: 'FR', jurisdiction: 'FR', headquarters: false, connected: false, scopes: [], health: null, ...more,
});

/** What one says of itself. */
export const health = (more: Partial<Schemas['HealthShown']>): Schemas['HealthShown'] => ({
  at: '2026-11-24T12:00:00Z', software: 'comptoir-node/0.1.0', outbox: 0, lag: 0, inbox: 0, conflicts: 0, quarantined: 0, parked: 0, waiting: 0,
  store_bytes: 1_000_000, disk_free_bytes: 5_000_000_000, clock_skew_ms: 0, restored: false, forks: 0, set_aside: [], backup: null, ...more,
});

/** A line that somebody holds. */
export const held: NonNullable<Site['held']> = { by: 'awa', reason: 'odd traffic', since: '2026-11-24T11:00:00Z' };
