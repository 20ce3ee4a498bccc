// An authenticator as people have one on their phones (RFC 6238). Owns which steps of time it has shown the digits of.
import { createHmac } from 'node:crypto';
import { expect } from 'vitest';

const STEP_MS = 30_000;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export class Authenticator {
  /** What it shares with whoever asks for its digits, as it is typed. */
  secret = '';
  private used = 0;

  /** What it shows: each step once, and the next one at most half a minute early, as the relay takes it. */
  async digits(): Promise<string> {
    const step = Math.max(this.used + 1, Math.floor(Date.now() / STEP_MS));
    // One that is not there yet, or not nearly.
    await expect.poll(() => step - Math.floor(Date.now() / STEP_MS), { timeout: 2 * STEP_MS }).toBeLessThanOrEqual(1);
    this.used = step;
    const bits = Array.from(this.secret.replaceAll(/[\s=]/g, '')).map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const mac = createHmac('sha1', key).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }
}
