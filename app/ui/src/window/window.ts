// Whether this page is shown by the app's window, and what it begins with there. Owns the one question that tells it from a browser.
import { isTauri } from '@tauri-apps/api/core';
import { travelBy } from '@comptoir/kit';
import { connect } from './ipc';
import { windowTransport } from './transport';

/** Whether the app's own program shows this page; else a browser does. */
export const inWindow = isTauri();

/** Takes the window's way to the node, if this is its page. */
export async function entered(): Promise<void> {
  if (!inWindow) return;
  travelBy(windowTransport);
  await connect();
}
