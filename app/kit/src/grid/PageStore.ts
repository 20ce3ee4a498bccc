// The rows of a list, page by page, each found by the key that the page before ended with, a far one in one step over those between; and
// its sums, once, after the first rows. Owns which pages are here, which are asked for, and the bound on how many are kept; draws nothing.
import type { ListedRecord, ListPage } from '../api/types';

export const PAGE_ROWS = 100;
/** Pages whose rows are kept; of the others the key alone. */
const KEPT_PAGES = 120;

interface Held {
  rows: ListedRecord[];
  stale: boolean;
  used: number;
}

/** Reads a page's rows from a place on; with `skip`, only where the page begins that is so many rows further. */
export type ReadPage = (after: string | undefined, skip: number, signal: AbortSignal) => Promise<ListPage>;

/** Adds up what is listed. */
export type ReadSums = (signal: AbortSignal) => Promise<Record<string, string[]>>;

export class PageStore {
  total: number | undefined;
  totals: Record<string, string[]> = {};
  error: unknown;
  version = 0;
  /** Where pages begin; undefined for the first. */
  private readonly keys = new Map<number, string | undefined>([[0, undefined]]);
  private readonly held = new Map<number, Held>();
  private wanted: [number, number] = [0, 0];
  private working = false;
  private refreshes = 0;
  private isSummed = false;
  private sumsAsked = 0;
  private clock = 0;
  private readonly gone = new AbortController();
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly read: ReadPage,
    private readonly sums?: ReadSums,
  ) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): number => this.version;

  /** The row at this place, if it is here. */
  row(index: number): ListedRecord | undefined {
    return this.held.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];
  }

  /** These rows are looked at: they come, and the page after them. */
  want(first: number, last: number): void {
    this.wanted = [Math.floor(first / PAGE_ROWS), Math.floor(last / PAGE_ROWS)];
    void this.work();
  }

  /** Something changed: what is looked at is read again, and the keys behind it are forgotten. What is here stays until then. */
  refresh(): void {
    this.refreshes++;
    for (const page of this.held.values()) page.stale = true;
    this.forgetFrom(this.wanted[1] + 2);
    this.error = undefined;
    this.isSummed = false;
    void this.work();
  }

  /** The list is left: what is still under way is broken off. */
  drop(): void {
    this.gone.abort();
    this.listeners.clear();
  }

  /** What to read next: a page, or from where on the place of one is looked for. */
  private next(): { page: number; to?: number } | undefined {
    const [first, last] = this.wanted;
    const end = this.total === undefined ? 0 : Math.max(0, Math.ceil(this.total / PAGE_ROWS) - 1);
    const upTo = Math.min(last + 1, end);
    for (let page = Math.min(first, upTo); page <= upTo; page++) {
      const held = this.held.get(page);
      if (held && !held.stale) continue;
      if (this.keys.has(page)) return { page };
      return { page: Math.max(...[...this.keys.keys()].filter((key) => key < page)), to: page };
    }
    return undefined;
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let step = this.next(); step !== undefined && !this.gone.signal.aborted; step = this.next()) {
        if (!(await (step.to === undefined ? this.load(step.page) : this.find(step.page, step.to)))) break;
      }
    } finally {
      this.working = false;
    }
  }

  private async ask(page: number, skip: number): Promise<ListPage | undefined> {
    try {
      const answer = await this.read(this.keys.get(page), skip, this.gone.signal);
      this.error = undefined;
      this.total = answer.total;
      return answer;
    } catch (error) {
      if (this.gone.signal.aborted) return undefined;
      this.error = error;
      this.tell();
      return undefined;
    }
  }

  /** Finds where a far page begins. */
  private async find(from: number, page: number): Promise<boolean> {
    const answer = await this.ask(from, (page - from) * PAGE_ROWS - 1);
    if (!answer) return false;
    if (answer.next) {
      this.keys.set(page, answer.next);
      return true;
    }
    // The list has come to end before it: what it counts now says which page is its last.
    this.total = Math.min(answer.total, page * PAGE_ROWS);
    this.forgetFrom(page);
    this.tell();
    return true;
  }

  private async load(page: number): Promise<boolean> {
    const before = this.refreshes;
    const answer = await this.ask(page, 0);
    if (!answer) return false;
    // What was asked for before something changed is shown, and asked for again.
    this.held.set(page, { rows: answer.records, stale: before !== this.refreshes, used: ++this.clock });
    if (!answer.next) {
      // The list ends here, whatever was counted before.
      this.total = page * PAGE_ROWS + answer.records.length;
      this.forgetFrom(page + 1);
    } else if (this.keys.get(page + 1) !== answer.next) {
      // A page that now begins elsewhere is another page, and so are those after it.
      this.forgetFrom(page + 1);
      this.keys.set(page + 1, answer.next);
    }
    this.forgetFar();
    this.tell();
    void this.addUp();
    return true;
  }

  /** Rows are looked at first: sums of a long list take longer than its first page. */
  private async addUp(): Promise<void> {
    if (this.isSummed || !this.sums) return;
    this.isSummed = true;
    const asked = ++this.sumsAsked;
    try {
      const totals = await this.sums(this.gone.signal);
      // Asked again meanwhile: these are old.
      if (asked !== this.sumsAsked) return;
      this.totals = totals;
      this.tell();
    } catch {
      // The rows are what matters: they are here, and say so themselves when they cannot be read again.
      if (asked === this.sumsAsked) this.isSummed = false;
    }
  }

  private forgetFrom(page: number): void {
    for (const key of [...this.keys.keys()]) if (key >= page && key > 0) this.keys.delete(key);
    for (const key of [...this.held.keys()]) if (key >= page) this.held.delete(key);
  }

  private forgetFar(): void {
    if (this.held.size <= KEPT_PAGES) return;
    const [first, last] = this.wanted;
    const far = [...this.held].filter(([page]) => page !== 0 && (page < first - 2 || page > last + 2));
    far.sort(([, one], [, other]) => one.used - other.used);
    for (const [page] of far.slice(0, this.held.size - KEPT_PAGES)) this.held.delete(page);
  }

  private tell(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
