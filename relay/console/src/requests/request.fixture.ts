// A request as tests need one.
import type { Request } from './request';

export const request = (more: Partial<Request>): Request => ({ id: more.act ?? '', act: 'suspend', by: 'awa', at: '2026-11-24T12:00:00Z', reason: '', answer: null, ...more });

export const answered = (outcome: string): Request['answer'] => ({ outcome, by: 'PAR/awa', said: '', at: '2026-11-24T13:00:00Z' });
