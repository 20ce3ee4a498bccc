// The app's real window, driven once: opened by a join link on an empty directory it becomes a branch, with no sign-in; an edit there
// reaches headquarters through a relay, files go in and out, a second start brings it forward, and quitting tells of what was not sent.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Driver } from './driver';
import { Organisation, Site } from './organisation';

const APP = join(process.env.COMPTOIR_BIN ?? resolve(import.meta.dirname, '../../../target/debug'), 'comptoir');
const organisation = new Organisation();
const { paris } = organisation;
const driver = new Driver();
const home = join(organisation.folder, 'home');
const data = join(organisation.folder, 'abj');
const abidjan = new Site('ABJ', data);

const button = (name: string) => `//button[normalize-space()=${JSON.stringify(name)}]`;
const link = (name: string) => `//a[normalize-space()=${JSON.stringify(name)}]`;
const says = (text: string) => `//*[text()[contains(., ${JSON.stringify(text)})]]`;
const item = (name: string) => `//*[@role='menuitem'][normalize-space()=${JSON.stringify(name)}]`;
const token = () => (JSON.parse(readFileSync(join(data, 'api.json'), 'utf8')) as { token: string }).token;
const nameAtParis = (reference: string) => paris.command<{ fields: { name: string } }>('record', 'show', 'party', reference).fields.name;

beforeAll(async () => {
  mkdirSync(home);
  await organisation.start();
  paris.command('import', 'party', organisation.file('parties.csv', 'reference,name,kind\nA-1,Atelier Diop,organisation\nC-1,Café Sow,organisation'));
  const { code } = paris.command<{ code: string }>('invite', '--site', 'ABJ', '--name', 'Abidjan', '--country', 'CI');
  await driver.open({ binary: APP, arguments_: ['--data', data, `comptoir://join/${code}`], home });
});

afterAll(async () => {
  // A picture of the display, for whoever looks at a run.
  const picture = process.env.COMPTOIR_PICTURE;
  if (picture && driver.env.DISPLAY) execFileSync('import', ['-window', 'root', picture], { env: driver.env });
  await driver.close();
  await organisation.stop();
});

it('is packed so that the desktop hands it links', () => {
  const packages = join(dirname(APP), 'bundle/deb');
  const [name = ''] = readdirSync(packages).filter((name) => name.endsWith('.deb'));
  execFileSync('dpkg-deb', ['-x', join(packages, name), home]);
  const entry = readFileSync(join(home, 'usr/share/applications/Comptoir.desktop'), 'utf8');
  expect(entry).toContain('\nExec=comptoir %u\n');
  expect(entry).toMatch(/\nMimeType=x-scheme-handler\/comptoir;?\n/);
  expect(existsSync(join(home, 'usr/bin/comptoir'))).toBe(true);
});

it('joins with the code of its link', async () => {
  await driver.click(button('Join'));
  await driver.find(says('ABJ is a site of Comptoir des Épices now.'));
  await driver.click(button('Begin to work'));
  await driver.find(link('Café Sow'));
  expect(await driver.text('//header//p')).toContain('Comptoir des Épices · ABJ');
  // The command line works beside it: the window's node is a daemon like any other.
  expect(abidjan.command<{ site: string }>('status').site).toBe('ABJ');
});

it('asks for no sign-in, and its page knows no token', async () => {
  const seen = await driver.run<string>(`
    const kept = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);
    return [document.documentElement.outerHTML, kept, String(window.__TAURI__), location.href].join('\\n');`);
  expect(seen).not.toContain(token());
  expect(seen).toContain('\nundefined\ntauri://localhost/');
});

it('asks for no session in its page, and for nothing of the system', async () => {
  const asked = await driver.run<number[]>(`
    const call = async (method, path) => {
      const bytes = await window.__TAURI_INTERNALS__.invoke('call', { call: { id: path, method, path, contentType: null, body: null, upload: null } });
      return JSON.parse(new TextDecoder().decode(bytes.slice(4, 4 + new DataView(bytes).getUint32(0)))).status;
    };
    return [await call('GET', '/api/v1/status'), await call('POST', '/api/v1/sign-in-links'), await call('GET', '/api/v1/events'), await call('GET', 'http://example.org/')];`);
  expect(asked).toEqual([200, 404, 404, 404]);
  const refused = await driver.run<string>(`return await window.__TAURI_INTERNALS__.invoke('plugin:window|set_title', { label: 'main', value: 'x' });`);
  expect(refused).toMatch(/not allowed/);
  const foreign = await driver.run<string>(`return await fetch('https://example.org/').then((answer) => 'fetched', (error) => 'refused');`);
  expect(foreign).toBe('refused');
});

it('an edit reaches headquarters, and one of headquarters comes in by itself', async () => {
  await driver.click(link('Café Sow'));
  await driver.fill("//*[@data-field='name']//input", 'Café du port');
  await driver.click(button('Save'));
  await driver.find(says('Saved here.'));
  await driver.until('Paris has it', () => nameAtParis('C-1') === 'Café du port');
  paris.command('record', 'set', 'party', 'C-1', 'name=Café de la gare');
  await driver.find("//h1[normalize-space()='Café de la gare']");
});

it('a file goes in, and one comes out', async () => {
  await driver.click(link('Parties'));
  await driver.click(button('Import'));
  await driver.find(button('Choose a file'));
  await driver.run(`
    const files = new DataTransfer();
    files.items.add(new File(['reference,name,kind\\n' + given[0]], 'new.csv'));
    const input = document.querySelector('input[type=file]');
    input.files = files.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));`, 'N-1,Nouvelle adresse,organisation');
  await driver.click(button('Try it'));
  await driver.click(button('Write one record'));
  await driver.find(says('as one act that can be taken back'));
  await driver.click(button('To the list'));
  await driver.find(link('Nouvelle adresse'));
  await driver.click(button('Export'));
  await driver.click(item('CSV'));
  const place = join(home, 'party.csv');
  await driver.find(says(place));
  expect(readFileSync(place, 'utf8')).toContain('Nouvelle adresse');
});

it('a second start brings this window forward, and a join link is told for what it is', async () => {
  const again = spawn(APP, ['--data', data, 'comptoir://join/COMPTOIR-JOIN-TEST'], { env: driver.env, stdio: 'ignore' });
  const code = await new Promise((done) => again.once('exit', done));
  expect(code).toBe(0);
  await driver.find(says('COMPTOIR-JOIN-TEST'));
  expect(await driver.text("//*[@role='dialog']")).toContain('works for ABJ of Comptoir des Épices already');
  await driver.click("//*[@role='dialog']//button[@aria-label='Close']");
});

it('quitting tells of what is not sent; then the directory is free, and the rest is sent by whoever runs the node next', async () => {
  await organisation.relayStops();
  await driver.click(link('Atelier Diop'));
  await driver.fill("//*[@data-field='name']//input", 'Atelier du soir');
  await driver.click(button('Save'));
  await driver.find(says('Saved here.'));
  const quit = async () => {
    await driver.click("//header//button[contains(., 'Find')]");
    await driver.fill("//input[@role='combobox']", 'Quit');
    await driver.click("//*[@role='option'][contains(., 'Quit Comptoir')]");
  };
  await quit();
  await driver.find("//*[@role='dialog'][contains(., 'One entry that was written here has not reached a relay yet')]");
  await driver.click(button('Stay'));
  await driver.find("//h1[normalize-space()='Atelier du soir']");
  await quit();
  // The window may be gone before the driver could say that it was clicked.
  await driver.click(button('Quit all the same')).catch(() => undefined);
  await driver.until('the node has stopped', () => !existsSync(join(data, 'api.json')));
  await organisation.relayStarts();
  await abidjan.start();
  await driver.until('Paris has it', () => nameAtParis('A-1') === 'Atelier du soir');
  await abidjan.stop();
});

it('what was typed outlives a window that is killed', async () => {
  const killed = new Driver();
  await killed.open({ binary: APP, arguments_: ['--data', data], home });
  await killed.click(link('Atelier du soir'));
  await killed.fill("//*[@data-field='also_known_as']//input", 'Typed before the crash');
  await killed.find(button('Save'));
  const { pid } = JSON.parse(readFileSync(join(data, 'api.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  await killed.close();
  const again = new Driver();
  try {
    await again.open({ binary: APP, arguments_: ['--data', data], home });
    await again.click(link('Atelier du soir'));
    const typed = await again.find("//*[@data-field='also_known_as']//input");
    await again.until('the field has what was typed', async () => (await again.ask('GET', `/element/${typed}/property/value`)) === 'Typed before the crash');
    await again.find(button('Save'));
  } finally {
    await again.close();
  }
});

it('another window uses a branch’s node over the local network, and leaves it', async () => {
  const other = new Driver();
  const elsewhere = join(organisation.folder, 'elsewhere');
  mkdirSync(elsewhere);
  paris.command('lan', 'open', '127.0.0.1:0');
  try {
    const invitation = paris.command<{ window: string }>('lan', 'invite');
    await other.open({ binary: APP, arguments_: ['--data', join(elsewhere, 'node'), invitation.window], home: elsewhere });
    await other.click(button('Use this node'));
    await other.click(link('Café de la gare'));
    expect(await other.text('//header//p')).toContain('Comptoir des Épices · PAR');
    await other.fill("//*[@data-field='name']//input", 'Café du réseau');
    await other.click(button('Save'));
    await other.find(says('Saved here.'));
    expect(nameAtParis('C-1')).toBe('Café du réseau');
    paris.command('record', 'set', 'party', 'C-1', 'name=Café de Paris');
    await other.find("//h1[normalize-space()='Café de Paris']");
    const { devices } = paris.command<{ devices: { id: string; name: string }[] }>('lan', 'show');
    expect(devices).toHaveLength(1);
    const kept = await other.run<string>(`return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]);`);
    const remembered = readdirSync(join(elsewhere, 'data/org.comptoir.Comptoir/branches')).map((name) => readFileSync(join(elsewhere, 'data/org.comptoir.Comptoir/branches', name), 'utf8'));
    const { token } = JSON.parse(remembered[0] ?? '') as { token: string };
    expect(token).toHaveLength(64);
    expect(kept).not.toContain(token);
    // Sent away, it says so, and a new link lets it in again.
    paris.command('lan', 'send-away', devices[0]?.id ?? '');
    await other.click(link('Parties'));
    await other.find(says('does not let this window in any more'));
    await other.click(button('Use a new link'));
    await other.fill('//textarea', paris.command<{ window: string }>('lan', 'invite').window);
    await other.click(button('Use this node'));
    await other.find(link('Café de Paris'));
    await other.click(link('Settings'));
    await other.click("//*[@role='tab'][normalize-space()='Local network']");
    await other.find(says('Who may do so is decided at the machine that the node runs on.'));
    await other.click(button('Stop using it'));
    await other.click("//*[@role='dialog']//button[normalize-space()='Stop using it']");
    await other.find(button('Use it'));
    expect(paris.command<{ devices: unknown[] }>('lan', 'show').devices).toEqual([]);
  } finally {
    await other.close();
    paris.command('lan', 'shut');
  }
});
