// Signing in: a link's code is exchanged for a cookie that no script can read, and leaves the address bar at once.
import { answer, api } from '@comptoir/kit';

/** Whether these screens came over the local network: a node's own machine is spoken to in the clear. */
export const overNetwork = window.location.protocol === 'https:';

/** The problem, if the link did not work. */
export async function signInFromLink(): Promise<unknown> {
  const code = /^#sign-in=([0-9a-f]+)$/.exec(window.location.hash)?.[1];
  if (code === undefined) return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  try {
    await answer(api.POST('/api/v1/session', { body: { code } }));
    return undefined;
  } catch (error) {
    return error;
  }
}

export async function signOut(): Promise<void> {
  await answer(api.DELETE('/api/v1/account/entry'));
  window.location.assign('/');
}
