// An organisation that lives for the length of a test: a relay, headquarters in Paris and a branch in Dakar, on loopback, in a
// folder of its own. Owns the processes that it starts, and ends them. The programs are those of `COMPTOIR_BIN`, else of
// target/debug; the interface is the one that was built.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TREE = resolve(import.meta.dirname, '../../..');
const BIN = process.env.COMPTOIR_BIN ?? join(TREE, 'target/debug');
export const UI = join(TREE, 'app/ui/dist');
const CONSOLE = join(TREE, 'relay/console/dist');
const READY_MS = 30_000;
/** A site whose line was lost tries again after half a minute at most. */
const AGREED_MS = 90_000;
// An import of a hundred thousand rows is a command too.
const COMMAND_MS = 600_000;

export const node = join(BIN, 'comptoir-node');
const relay = join(BIN, 'comptoir-relay');

function run(program: string, ...arguments_: string[]): string {
  return execFileSync(program, arguments_, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: COMMAND_MS, maxBuffer: 1 << 28 });
}

// What a program answers is what the caller knows it to be.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function json<T>(program: string, ...arguments_: string[]): T {
  return JSON.parse(run(program, ...arguments_)) as T;
}

/** A process that has printed its first line. */
export async function started(program: string, arguments_: string[], settings: Record<string, string> = {}): Promise<{ child: ChildProcess; first: string }> {
  const child = spawn(program, arguments_, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, COMPTOIR_LOG: 'off', ...settings } });
  const first = await new Promise<string>((done, failed) => {
    const late = setTimeout(() => failed(new Error(`${program} did not start`)), READY_MS);
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      if (!text.includes('\n')) return;
      clearTimeout(late);
      done(text.split('\n')[0] ?? '');
    });
    child.on('exit', (code) => failed(new Error(`${program} ended with ${code}`)));
  });
  return { child, first };
}

async function ended(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 12_000);
  await gone;
  clearTimeout(late);
}

export async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

export class Site {
  protected child: ChildProcess | undefined;
  address = '';
  /** Signs a browser in, once. */
  openLink = '';

  constructor(
    readonly code: string,
    protected data: string,
  ) {}

  async start(): Promise<void> {
    const port = this.address === '' ? '0' : (this.address.split(':')[1] ?? '0');
    const { child, first } = await started(node, ['--data', this.data, '--json', 'run', '--api', `127.0.0.1:${port}`, '--ui', UI]);
    this.child = child;
    const { api, open } = JSON.parse(first) as { api: string; open: string };
    this.address = api;
    this.openLink = open;
  }

  stop = (): Promise<void> => ended(this.child);

  /** Makes the node stand still, in the middle of what it does, until it is let go. */
  hold(): void {
    this.child?.kill('SIGSTOP');
  }

  letGo(): void {
    this.child?.kill('SIGCONT');
  }

  /**
   * Alters what the database of a node that does not run says in clear, as a bad disk might: records and tables, for what the log
   * holds is sealed. How many places it stood in.
   */
  spoil(text: string, other: string): number {
    const path = join(this.data, 'replica.sqlite');
    const bytes = readFileSync(path);
    const [from, to] = [Buffer.from(text), Buffer.from(other)];
    if (from.length !== to.length) throw new Error('a page has no room for another length');
    let places = 0;
    for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + to.length)) {
      to.copy(bytes, at);
      places++;
    }
    writeFileSync(path, bytes);
    return places;
  }

  /** Runs a command as its staff would. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  command<T>(...arguments_: string[]): T {
    return json<T>(node, '--data', this.data, '--json', ...arguments_);
  }

  link(): string {
    return this.command<{ link: string }>('open').link;
  }
}

/** Three parties to begin with, as a file. */
export const THREE_PARTIES = [
  'reference,name,kind,city,country,email,customer',
  'A-1,Atelier Diop,organisation,Thiès,SN,a@diop.sn,true',
  'B-1,Boulangerie Martin,organisation,Lyon,FR,b@martin.fr,true',
  'C-1,Café Sow,organisation,Dakar,SN,c@sow.sn,false',
].join('\n');

export class Organisation {
  readonly folder = mkdtempSync(join(tmpdir(), 'comptoir-e2e-'));
  readonly paris = new Site('PAR', join(this.folder, 'par'));
  readonly dakar = new Site('DKR', join(this.folder, 'dkr'));
  private relayProcess: ChildProcess | undefined;
  private relayPort = 0;
  /** Settings of the relay, as variables of its environment. */
  relaySettings: Record<string, string> = {};
  /** Where headquarters' console is. */
  console = '';
  private fresh_ = 0;

  /** Sets a relay up, which is not started yet: its code. */
  async relayIsReady(): Promise<string> {
    this.relayPort = await freePort();
    return json<{ code: string }>(relay, 'init', '--data', join(this.folder, 'relay'), '--address', `127.0.0.1:${this.relayPort}`, '--json').code;
  }

  /** A node that is not set up yet. */
  fresh(): Site {
    return new Site('', join(this.folder, `fresh-${++this.fresh_}`));
  }

  async start(): Promise<void> {
    const code = await this.relayIsReady();
    this.paris.command('create', '--organisation', 'Comptoir des Épices', '--site', 'PAR', '--name', 'Paris', '--country', 'FR', '--relay', code);
    await this.relayStarts();
    await this.paris.start();
    const invitation = this.paris.command<{ code: string }>('invite', '--site', 'DKR', '--name', 'Dakar', '--country', 'SN');
    this.dakar.command('join', invitation.code);
    await this.dakar.start();
  }

  async relayStarts(): Promise<void> {
    const console = this.console === '' ? '127.0.0.1:0' : new URL(this.console).host;
    const own = ['--listen', `127.0.0.1:${this.relayPort}`, '--admin', '127.0.0.1:0', '--console', console, '--console-ui', CONSOLE];
    const { child, first } = await started(relay, ['run', '--data', join(this.folder, 'relay'), ...own, '--json'], this.relaySettings);
    this.relayProcess = child;
    this.console = `https://${(JSON.parse(first) as { console: string }).console}`;
  }

  /** Runs a command of the relay. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  relayCommand<T>(...arguments_: string[]): T {
    return json<T>(relay, ...arguments_, '--data', join(this.folder, 'relay'), '--json');
  }

  relayStops = (): Promise<void> => ended(this.relayProcess);

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** Waits until both sites have nothing to send and hold the same. */
  async agreed(): Promise<void> {
    const deadline = Date.now() + AGREED_MS;
    for (;;) {
      const [one, other] = [this.paris, this.dakar].map((site) => site.command<{ outbox: number; relay: object; scopes: { name: string; digest: string }[] }>('status'));
      const shared = one?.scopes.find((scope) => scope.name === 'organisation')?.digest;
      if (one?.outbox === 0 && other?.outbox === 0 && shared === other.scopes.find((scope) => scope.name === 'organisation')?.digest) return;
      if (Date.now() > deadline) throw new Error(`the sites do not agree: ${JSON.stringify([one, other].map((site) => [site?.outbox, site?.relay]))}`);
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.paris.stop(), this.dakar.stop(), this.relayStops()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
