// Whether this site is still one of the organisation's, as its node knows it.
import type { Status } from '../api/types';

/** Headquarters has suspended or revoked it: nothing is sent and nothing received, whatever the line does. */
export const isRemoved = (status: Pick<Status, 'standing'>): boolean => status.standing === 'suspended' || status.standing === 'revoked';
