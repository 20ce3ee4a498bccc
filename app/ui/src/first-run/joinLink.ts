// A code that came by a link, `#join=CODE`: kept for this window until it is used, and out of the address bar at once.

const KEY = 'comptoir.join-code';

/** Takes the code out of the address, if there is one. */
export function keepJoinLink(): void {
  const code = /^#join=([A-Za-z0-9-]+)$/.exec(window.location.hash)?.[1];
  if (code === undefined) return;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  sessionStorage.setItem(KEY, code);
}

export const linkedCode = (): string => sessionStorage.getItem(KEY) ?? '';

export const forgetLinkedCode = (): void => sessionStorage.removeItem(KEY);

/** The code in what was pasted or scanned: itself, or in a link that holds it; nothing where there is none. */
export const joinCodeIn = (text: string): string | undefined => /COMPTOIR-JOIN-[0-9A-Z]+/.exec(text.replace(/\s+/g, '').toUpperCase())?.[0];

/** The same, and what was said instead where there is none: the node says what is wrong with it. */
export const codeIn = (text: string): string => joinCodeIn(text) ?? text.trim();
