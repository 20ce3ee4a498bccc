// The app's real window under a display and a session bus of its own, driven by WebKit's driver. Owns these processes, and ends them;
// speaks just as much WebDriver as the test needs.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const READY_MS = 30_000;
const LOOK_AGAIN_MS = 100;
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export interface Start {
  binary: string;
  arguments_: string[];
  /** Where everything goes that a program keeps for its user. */
  home: string;
}

/** What the first line on a stream says. */
async function firstLine(child: ChildProcess, stream: NodeJS.ReadableStream | null | undefined): Promise<string> {
  return new Promise((done, failed) => {
    let text = '';
    const late = setTimeout(() => failed(new Error(`${child.spawnfile} says nothing`)), READY_MS);
    child.on('error', failed);
    child.on('exit', (code) => failed(new Error(`${child.spawnfile} ended with ${code}`)));
    stream?.on('data', (part: Buffer) => {
      text += part.toString();
      if (!text.includes('\n')) return;
      clearTimeout(late);
      done(text.split('\n')[0]?.trim() ?? '');
    });
  });
}

async function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

export class Driver {
  private readonly processes: ChildProcess[] = [];
  private base = '';
  env: NodeJS.ProcessEnv = {};

  /** Opens the window. */
  async open({ binary, arguments_, home }: Start): Promise<void> {
    const run = join(home, 'run');
    mkdirSync(run, { recursive: true, mode: 0o700 });
    const display = this.child('Xvfb', ['-displayfd', '3', '-screen', '0', '1360x900x24', '-nolisten', 'tcp'], process.env, ['ignore', 'ignore', 'ignore', 'pipe']);
    const number = await firstLine(display, display.stdio[3] as NodeJS.ReadableStream);
    const bus = this.child('dbus-daemon', ['--session', '--nofork', '--print-address=1'], process.env, ['ignore', 'pipe', 'ignore']);
    this.env = {
      PATH: process.env.PATH,
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CONFIG_HOME: join(home, 'config'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_RUNTIME_DIR: run,
      DISPLAY: `:${number}`,
      DBUS_SESSION_BUS_ADDRESS: await firstLine(bus, bus.stdout),
      LANG: 'C.UTF-8',
      TAURI_AUTOMATION: 'true',
      TAURI_WEBVIEW_AUTOMATION: 'true',
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
      ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}),
    };
    const port = await freePort();
    this.child('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], this.env, ['ignore', 'inherit', 'inherit']);
    this.base = `http://127.0.0.1:${port}`;
    await this.until('the driver answers', async () => (await fetch(`${this.base}/status`).catch(() => undefined))?.ok);
    const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args: arguments_ } } };
    const { sessionId } = await this.ask<{ sessionId: string }>('POST', '/session', { capabilities });
    this.base += `/session/${sessionId}`;
  }

  private child(program: string, arguments_: string[], env: NodeJS.ProcessEnv, stdio: ('ignore' | 'pipe' | 'inherit')[]): ChildProcess {
    const child = spawn(program, arguments_, { env, stdio });
    this.processes.push(child);
    return child;
  }

  async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(this.base + path, { method, ...(body ? { body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(READY_MS) });
    const { value } = (await answer.json()) as { value: T & { message?: string } };
    if (!answer.ok) throw new Error(value.message ?? `${answer.status}`);
    return value;
  }

  /** Looks until there is something that is neither false nor nothing. */
  async until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      let last: unknown;
      try {
        const found = await look();
        if (found) return found;
      } catch (error) {
        last = error;
      }
      if (Date.now() > deadline) throw new Error(`not in time: ${what}`, { cause: last });
      await new Promise((done) => setTimeout(done, LOOK_AGAIN_MS));
    }
  }

  /** The first element that an XPath names and that is shown, once there is one. (The driver's own answer to that is "no" for all that a
   *  list shows, whose rows stand on a canvas of no width of its own.) */
  async find(xpath: string): Promise<string> {
    return this.until(xpath, async () => {
      const found = await this.ask<Record<string, string>[]>('POST', '/elements', { using: 'xpath', value: xpath });
      for (const element of found) {
        if (await this.run<boolean>('return given[0].checkVisibility({ visibilityProperty: true }) && given[0].getClientRects().length > 0;', element)) return element[ELEMENT];
      }
      return undefined;
    });
  }

  async click(xpath: string): Promise<void> {
    const element = await this.find(xpath);
    await this.ask('POST', `/element/${element}/click`, {});
  }

  /** Writes into a field in place of what stands there. */
  async fill(xpath: string, text: string): Promise<void> {
    const element = await this.find(xpath);
    await this.ask('POST', `/element/${element}/clear`, {});
    await this.ask('POST', `/element/${element}/value`, { text });
  }

  async text(xpath: string): Promise<string> {
    return this.ask<string>('GET', `/element/${await this.find(xpath)}/text`);
  }

  /** Runs a script in the page. */
  async run<T>(script: string, ...args: unknown[]): Promise<T> {
    return this.ask<T>('POST', '/execute/async', { script: `const done = arguments[arguments.length - 1]; (async (...given) => { ${script} })(...arguments).then(done, (error) => done(String(error)))`, args });
  }

  async close(): Promise<void> {
    await this.ask('DELETE', '').catch(() => undefined);
    for (const child of this.processes.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    }
  }
}
