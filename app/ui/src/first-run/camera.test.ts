// The camera is closed whatever happens, and what it is refused for is told apart.
import { afterEach, expect, it, vi } from 'vitest';
import { refusalOf, watchCamera, type CameraRefusal } from './camera';

// There are no pictures here to be looked at.
vi.mock('qr/dom.js', async (actual) => ({ ...(await actual<object>()), QRCanvas: Object, frameLoop: () => () => undefined }));

class Track extends EventTarget {
  isStopped = false;
  stop = () => void (this.isStopped = true);
}

/** As much of a video as is asked of it; a document without pictures takes no stream. */
const video = () => ({ setAttribute: () => undefined, srcObject: null }) as unknown as HTMLVideoElement;

/** A camera that opens when it is told to. */
function camera(shown = video()) {
  const track = new Track();
  let opens: (stream: { getTracks: () => Track[] }) => void;
  let refuses: (error: DOMException) => void;
  const asked = new Promise((done, failed) => {
    opens = done;
    refuses = failed;
  });
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => asked } });
  const told: (CameraRefusal | 'opened')[] = [];
  const end = watchCamera(shown, { opened: () => told.push('opened'), seen: () => undefined, failed: (refusal) => told.push(refusal) });
  const settled = async () => new Promise((done) => setTimeout(done));
  return {
    track,
    told,
    end,
    opens: () => (opens({ getTracks: () => [track] }), settled()),
    refuses: (name: string) => (refuses(new DOMException('', name)), settled()),
  };
}

afterEach(() => void vi.unstubAllGlobals());

it('is stopped when the dialog closes', async () => {
  const { track, told, end, opens } = camera();
  await opens();
  expect([told, track.isStopped]).toEqual([['opened'], false]);
  end();
  expect(track.isStopped).toBe(true);
});

it('is stopped when the dialog was closed before it opened, and nothing is told', async () => {
  const { track, told, end, opens } = camera();
  end();
  await opens();
  expect([told, track.isStopped]).toEqual([[], true]);
});

it('may go away while it is looked at', async () => {
  const { track, told, opens } = camera();
  await opens();
  track.dispatchEvent(new Event('ended'));
  expect([told, track.isStopped]).toEqual([['opened', 'lost'], true]);
  track.dispatchEvent(new Event('ended'));
  expect(told, 'once').toHaveLength(2);
});

it('is stopped when its picture cannot be shown', async () => {
  const { track, told, opens } = camera(document.createElement('video'));
  await opens();
  expect([told, track.isStopped]).toEqual([['busy'], true]);
});

it('may be refused, which nobody hears who has gone', async () => {
  const one = camera();
  await one.refuses('NotAllowedError');
  expect(one.told).toEqual(['denied']);
  const other = camera();
  other.end();
  await other.refuses('NotAllowedError');
  expect(other.told).toEqual([]);
});

it('is refused for what the person can do something about', () => {
  const told = (name: string) => refusalOf(new DOMException('', name));
  expect(['NotAllowedError', 'SecurityError', 'NotFoundError', 'OverconstrainedError', 'NotReadableError', 'AbortError'].map(told)).toEqual(['denied', 'denied', 'none', 'none', 'busy', 'busy']);
  expect(refusalOf(new Error('anything'))).toBe('busy');
});
