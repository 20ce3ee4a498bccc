// The link that sets an account up: the code stands behind `#`, which browsers send nowhere, and leaves the address bar at once.

const LINK = /^#set-up=([0-9A-Za-z-]+)$/;
let kept = '';

/** The code of a page's address, if it bears one. */
export const codeOf = (hash: string): string => LINK.exec(hash)?.[1] ?? '';

export const setupLink = (origin: string, code: string): string => `${origin}/set-up#set-up=${code}`;

/** Takes the code out of the address, for the screen to find it. */
export function keepSetupLink(): void {
  kept = codeOf(window.location.hash);
  if (kept !== '') window.history.replaceState(null, '', '/set-up');
}

export const keptCode = (): string => kept;

/** It was used. */
export const forgetCode = (): void => void (kept = '');
