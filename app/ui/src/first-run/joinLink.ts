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

/** The code in what was pasted or scanned: itself, or a link that holds it. */
export function codeIn(text: string): string {
  return (/COMPTOIR-JOIN-[0-9A-Z]+/.exec(text.replace(/\s+/g, '').toUpperCase())?.[0] ?? text).trim();
}
