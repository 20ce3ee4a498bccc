// What is typed, kept so that it outlives a browser that is killed. All windows read `localStorage` at once, but browsers write it to
// the disk seconds later; IndexedDB they write when they are told. Owns the second copy, and bringing it back when nobody else is here.

const [DATABASE, STORE, WINDOWS] = ['comptoir', 'kept', 'comptoir.windows'];
/** A browser that does not answer must not keep anybody from working. */
const PATIENCE_MS = 1_000;
let copies: IDBDatabase | undefined;

/** Keeps a text at a place, or nothing there. Throws when there is no room. */
export function keep(place: string, text: string | undefined): void {
  if (text !== undefined) localStorage.setItem(place, text);
  else if (localStorage.getItem(place) === null) return;
  else localStorage.removeItem(place);
  try {
    // That there is nothing must outlive it as well.
    copies?.transaction(STORE, 'readwrite').objectStore(STORE).put(text ?? '', place);
  } catch {
    // The first copy stands, as it does in browsers that have no second.
  }
}

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
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => void request.result.createObjectStore(STORE);
  return answered(request);
}

async function bringBack(copies: IDBDatabase): Promise<void> {
  const store = copies.transaction(STORE, 'readwrite').objectStore(STORE);
  const [places, texts] = await Promise.all([answered(store.getAllKeys() as IDBRequest<string[]>), answered(store.getAll() as IDBRequest<string[]>)]);
  for (const [at, place] of places.entries()) {
    const text = texts[at] ?? '';
    if (text !== '') localStorage.setItem(place, text);
    else {
      localStorage.removeItem(place);
      store.delete(place);
    }
  }
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('no answer'));
  });
}
