// A site whose directory is a disk of its own, in memory and small, mounted for its node alone: so that a disk can be full without
// harm to any other. Not every system lets one do that.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { node, Site, started, UI } from './organisation';

const UNSHARE = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
const SCRIPT = `mount -t tmpfs -o size=8m none "$0" &&
  "$1" --data "$0" --json create --organisation Plein --site PAR --country FR > /dev/null &&
  exec "$1" --data "$0" --json run --api 127.0.0.1:0 --ui "$2"`;

/** Why this system lets nobody mount a disk for one process; nothing where it does. */
export function whyNoSmallDisks(): string | undefined {
  try {
    execFileSync('unshare', [...UNSHARE, 'mount -t tmpfs none /mnt'], { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
    return undefined;
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    return said === undefined || said === '' ? String(error) : said;
  }
}

export class SiteOnSmallDisk extends Site {
  override async start(): Promise<void> {
    mkdirSync(this.data);
    const { child, first } = await started('unshare', [...UNSHARE, SCRIPT, this.data, node, UI]);
    this.child = child;
    this.address = (JSON.parse(first) as { api: string }).api;
    // The disk is seen by its own process, and through it by us.
    this.data = join('/proc', String(child.pid), 'root', this.data);
  }

  private get filler(): string {
    return join(this.data, 'filler');
  }

  fill(): void {
    const file = openSync(this.filler, 'w');
    const block = Buffer.alloc(4096, 0x5a);
    try {
      for (;;) writeSync(file, block);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  empty(): void {
    rmSync(this.filler);
  }
}
