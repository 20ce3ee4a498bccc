// What the chip says of a second copy: who holds how much, and that no relay does.
import { createIntl } from 'react-intl';
import { describe, expect, it } from 'vitest';
import type { Status } from '../api/types';
import { english } from '../words/catalogue';
import { Words } from '../words/useWords';
import { syncSentence } from './SyncChip';

const words = new Words(createIntl({ locale: 'en-GB', messages: english }));
const peer = (site: string, holds: number) => ({ site, state: 'connected', holds }) as Status['direct'][number];
const said = (outbox: number, direct: Status['direct']) =>
  syncSentence(words, { outbox, direct, relay: { state: 'offline' } } as unknown as Status);

describe('the chip', () => {
  it('names who holds most of what is still to send', () => {
    expect(said(3, [peer('DKR', 1), peer('PAR', 2)])).toBe('Saved here · 3 to send · PAR holds 2, no relay has confirmed them');
  });
  it('names nobody who holds nothing of it', () => {
    expect(said(3, [peer('PAR', 0)])).toBe('Saved here · 3 to send');
    expect(said(0, [peer('PAR', 0)])).toBe('Saved here · everything sent');
  });
});
