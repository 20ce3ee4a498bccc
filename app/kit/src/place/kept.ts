// What is typed, kept so that it outlives a browser that is killed. All windows read `localStorage` at once, but browsers write it to
// the disk seconds later; IndexedDB they write when they are told. Owns the second copy, and bringing it back when nobody else is here.
//
// Either may be the older: after a crash the first, after a reload that does not wait for what is under way the second. What is kept
// is therefore counted, and a copy is brought back only when it is of a later count than the first remembers.

const [DATABASE, STORE, WINDOWS, COUNT] = ['comptoir', 'kept', 'comptoir.windows', 'comptoir.kept'];
/** A browser that does not answer must not keep anybody from working. */
const PATIENCE_MS = 1_000;
let copies: IDBDatabase | undefined;

interface Copy {
  /** Empty where nothing is kept: that must outlive a crash as well. */
  text: string;
  count: number;
}

/** Keeps a text at a place, or nothing there. Throws when there is no room. */
export function keep(place: string, text: string | undefined): void {
  if (text === undefined && localStorage.getItem(place) === null) return;
  const copy: Copy = { text: text ?? '', count: counted() + 1 };
  put(place, copy.text);
  // After it: a first copy that counts this has it.
  localStorage.setItem(COUNT, String(copy.count));
  try {
    copies?.transaction(STORE, 'readwrite').objectStore(STORE).put(copy, place);
  } catch {
    // The first copy stands, as it does in browsers that have no second.
  }
}

const counted = () => Number(localStorage.getItem(COUNT) ?? 0);

const put = (place: string, text: string) => (text === '' ? localStorage.removeItem(place) : localStorage.setItem(place, text));

/** Before anything is shown: where this is the only window, what was typed last is there again, whatever ended the one before. */
export async function keptIsBack(): Promise<void> {
  if (typeof indexedDB === 'undefined' || !('locks' in navigator)) return;
  const back = async () => {
    copies = await opened();
    await navigator.locks.request(WINDOWS, { ifAvailable: true }, async (alone) => {
      if (alone && copies) await bringBack(copies);
    });
    // Held for as long as this window lives.
    void navigator.locks.request(WINDOWS, { mode: 'shared' }, () => new Promise(() => undefined));
  };
  await Promise.race([back().catch(() => undefined), new Promise((late) => setTimeout(late, PATIENCE_MS))]);
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 2);
  request.onupgradeneeded = () => {
    // Those of the first version were not counted.
    if (request.result.objectStoreNames.contains(STORE)) request.result.deleteObjectStore(STORE);
    request.result.createObjectStore(STORE);
  };
  return answered(request);
}

async function bringBack(copies: IDBDatabase): Promise<void> {
  const store = copies.transaction(STORE, 'readwrite').objectStore(STORE);
  const [places, all] = await Promise.all([answered(store.getAllKeys() as IDBRequest<string[]>), answered(store.getAll() as IDBRequest<Copy[]>)]);
  const first = counted();
  for (const [at, { text, count }] of all.entries()) {
    const place = places[at] ?? '';
    if (count > first) put(place, text);
    if (text === '') store.delete(place);
  }
  localStorage.setItem(COUNT, String(Math.max(first, ...all.map(({ count }) => count))));
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('no answer'));
  });
}
