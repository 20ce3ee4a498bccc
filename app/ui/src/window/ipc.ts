// What the window and the app's own program say to each other: its commands by name, and the one channel by which it tells. Owns
// their shapes; nothing else calls a command. The page never sees a token: it says what it wants of the API, no more.
import { Channel, invoke } from '@tauri-apps/api/core';
import type { Schemas } from '@comptoir/kit';

/** What the program tells the page. */
export type Told =
  | { told: 'line'; up: boolean }
  | { told: 'event'; event: Schemas['Event'] }
  | { told: 'quit'; unsent: number }
  | { told: 'join'; code: string }
  | { told: 'node'; link: string };

/** The branch's node that the window uses. */
export interface Branch {
  site: string;
  name: string;
  address: string;
}

/** A request, as the program takes it. */
export interface Call {
  /** Names it, so that it can be cancelled. */
  id: string;
  method: string;
  /** With its query. */
  path: string;
  contentType: string | null;
  body: string | null;
  /** The upload that is its body instead. */
  upload: string | null;
}

/** What the answer begins with. */
export interface Head {
  status: number;
  headers: [string, string][];
  /** Where a download lies now. */
  place?: string;
}

/** An answer: four bytes that say how long the head is, the head as JSON, the body. */
export function unpacked(bytes: ArrayBuffer | number[]): { head: Head; body: Uint8Array<ArrayBuffer> } {
  const all = new Uint8Array(bytes);
  const length = new DataView(all.buffer).getUint32(0);
  return { head: JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length))) as Head, body: all.subarray(4 + length) };
}

export const call = (call: Call): Promise<ArrayBuffer> => invoke('call', { call });
export const cancel = (id: string): Promise<void> => invoke('cancel', { id });
export const openUpload = (id: string): Promise<void> => invoke('open_upload', { id });
/** The next piece, an empty one at the end. Whether more is wanted. */
export const upload = (id: string, piece: Uint8Array): Promise<boolean> => invoke('upload', piece, { headers: { 'comptoir-upload': id } });
export const save = (id: string, path: string, name: string): Promise<ArrayBuffer> => invoke('save', { id, path, name });
export const keep = (text: string, name: string): Promise<ArrayBuffer> => invoke('keep', { text, name });
export const speak = (language: string): Promise<void> => invoke('speak', { language });
export const quit = (): Promise<void> => invoke('quit');
/** The branch's node that this window uses; nothing where it has its own. */
export const branch = (): Promise<Branch | null> => invoke('branch');
export const enterBranch = (link: string): Promise<Branch> => invoke('enter_branch', { link });
export const leaveBranch = (): Promise<void> => invoke('leave_branch');
export const answerQuit = (leave: boolean): Promise<void> => invoke('answer_quit', { leave });

type Listener = (told: Told) => void;
const listeners = new Set<Listener>();
let isUp: boolean | undefined;
/** A link that nobody took yet. */
let link: Told | undefined;

function hear(told: Told): void {
  if (told.told === 'line') isUp = told.up;
  if (told.told === 'join' || told.told === 'node') link = told;
  for (const listener of listeners) listener(told);
}

/** Hears what is told until the answer is called; how the line stands, and a link that nobody took, at once. */
export function onTold(listener: Listener): () => void {
  listeners.add(listener);
  if (isUp !== undefined) listener({ told: 'line', up: isUp });
  if (link) listener(link);
  return () => listeners.delete(listener);
}

/** The link was dealt with. */
export function linkTaken(): void {
  link = undefined;
}

/** Opens the channel: once, when the page begins. */
export async function connect(): Promise<void> {
  await invoke('listen', { channel: new Channel<Told>(hear) });
}
