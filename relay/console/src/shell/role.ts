// What each role may: whatever those before it may.
import { useQuery } from '@tanstack/react-query';
import type { Role } from '../api/client';
import { sessionQuery } from '../api/queries';

export const ROLES: Role[] = ['viewer', 'operator', 'administrator'];

export const mayAs = (own: Role | undefined, needed: Role): boolean => own !== undefined && ROLES.indexOf(own) >= ROLES.indexOf(needed);

/** Whether who is signed in may what this role may. */
export const useMay = (needed: Role): boolean => mayAs(useQuery(sessionQuery).data?.role, needed);
