// The one way to the relay's API. Owns how a request is made; what comes of it is kit's to say.
import { settled, type Ended } from '@comptoir/kit';
import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Role = Schemas['Role'];
export type Site = Schemas['SiteShown'];

/** The relay cannot be reached: not a code of its own, since it says nothing. */
export const UNREACHABLE = 'relay-unreachable';

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });

/** What a request gave, or the problem that it ended with. */
export const answer = <T>(request: Promise<Ended<T>>): Promise<T> => settled(request, UNREACHABLE);
