// The rows of a list, page by page, each found by the key that the page before ended with. Owns which pages are here, which are
// asked for, and the bound on how many are kept; draws nothing.
import type { ListedRecord, ListPage } from '../api/types';

export const PAGE_ROWS = 200;
/** Pages whose rows are kept; of the others the key alone. */
const KEPT_PAGES = 60;

interface Page {
  /** Where it begins: undefined for the first. */
  after: string | undefined;
  rows?: ListedRecord[];
  stale?: boolean;
  used: number;
}

export type ReadPage = (after: string | undefined) => Promise<ListPage>;

export class PageStore {
  total: number | undefined;
  totals: Record<string, string[]> = {};
  error: unknown;
  version = 0;
  private pages: Page[] = [{ after: undefined, used: 0 }];
  private wanted: [number, number] = [0, 0];
  private working = false;
  private clock = 0;
  private dropped = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly read: ReadPage) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  snapshot = (): number => this.version;

  /** The row at this place, if it is here. */
  row(index: number): ListedRecord | undefined {
    return this.pages[Math.floor(index / PAGE_ROWS)]?.rows?.[index % PAGE_ROWS];
  }

  /** Everything that is here, for who walks from record to record. */
  indexOf(id: string): number {
    for (const [number, page] of this.pages.entries()) {
      const at = page.rows?.findIndex((row) => row.id === id) ?? -1;
      if (at >= 0) return number * PAGE_ROWS + at;
    }
    return -1;
  }

  /** These rows are looked at: they come, and the pages after them. */
  want(first: number, last: number): void {
    this.wanted = [Math.floor(first / PAGE_ROWS), Math.floor(last / PAGE_ROWS)];
    void this.work();
  }

  /** Something changed: what is looked at is read again, and the keys behind it are forgotten. What is here stays until then. */
  refresh(): void {
    for (const page of this.pages) page.stale = true;
    const last = Math.min(this.wanted[1] + 1, this.pages.length - 1);
    this.pages.length = last + 1;
    this.error = undefined;
    void this.work();
  }

  /** The list is left: what is still under way tells nobody. */
  drop(): void {
    this.dropped = true;
    this.listeners.clear();
  }

  private next(): number | undefined {
    const [first, last] = this.wanted;
    const end = this.total === undefined ? 0 : Math.max(0, Math.ceil(this.total / PAGE_ROWS) - 1);
    const upTo = Math.min(last + 1, end);
    const from = Math.min(first, upTo);
    for (let number = from; number <= upTo; number++) {
      const page = this.pages[number];
      if (!page) return this.pages.length - 1;
      if (!page.rows || page.stale) return number;
    }
    return undefined;
  }

  private async work(): Promise<void> {
    if (this.working) return;
    this.working = true;
    try {
      for (let number = this.next(); number !== undefined && !this.dropped; number = this.next()) {
        if (!(await this.load(number))) break;
      }
    } finally {
      this.working = false;
    }
  }

  private async load(number: number): Promise<boolean> {
    const page = this.pages[number];
    if (!page) return false;
    let answer: ListPage;
    try {
      answer = await this.read(page.after);
    } catch (error) {
      this.error = error;
      this.tell();
      return false;
    }
    page.rows = answer.records;
    page.stale = false;
    page.used = ++this.clock;
    this.error = undefined;
    this.total = answer.total;
    if (answer.totals) this.totals = answer.totals;
    const behind = this.pages[number + 1];
    if (answer.next) {
      // A page that now begins elsewhere is another page.
      if (!behind || behind.after !== answer.next) {
        this.pages.length = number + 1;
        this.pages.push({ after: answer.next, used: 0 });
      }
    } else {
      this.pages.length = number + 1;
    }
    this.forget();
    this.tell();
    return true;
  }

  private forget(): void {
    const held = this.pages.filter((page) => page.rows);
    if (held.length <= KEPT_PAGES) return;
    const [first, last] = this.wanted;
    const far = held.filter((page) => {
      const number = this.pages.indexOf(page);
      return number !== 0 && (number < first - 2 || number > last + 2);
    });
    far.sort((one, other) => one.used - other.used);
    for (const page of far.slice(0, held.length - KEPT_PAGES)) delete page.rows;
  }

  private tell(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
