// Scanning a move: what is scanned, kept in this browser at once, and what becomes of each scan. Owns the lines and the questions
// that a scan asks of the node; posting them is another's.
import { readDay, readScan, ScanRefused, useDraft, useWords, type AddedLine, type DraftInHand, type Scanned } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import { flushSync } from 'react-dom';
import { lookup } from './lookup';
import { onHandQuery } from './queries';
import { counted, further, named, textOf, waiting, type FoundItem, type Step } from './tally';

/** Under which name drafts of scans are kept: no kind of record has it. */
export const SCANS = 'stock-scan';

export interface Tally {
  hand: DraftInHand;
  lines: AddedLine[];
  /** What the next scan is expected to be. */
  expected: ReturnType<typeof waiting>;
  take: (typed: string) => Promise<string>;
  /** The lines as they are now, for who asks between two drawings. */
  now: () => AddedLine[];
}

/** `enters`: goods come in, so that lots are given and not found. `usual`: where what goes out is taken, unless the draft says it. */
export function useTally(act: string, enters: boolean, usual: string): Tally {
  const words = useWords();
  const client = useQueryClient();
  const hand = useDraft(SCANS, act, undefined);
  const latest = useRef(hand.draft);
  useLayoutEffect(() => {
    latest.current = hand.draft;
  });
  const now = () => latest.current.add;
  const refuse = (why: Extract<Step, { do: 'refuse' }>['why']): never => {
    throw new ScanRefused(words.text(why));
  };
  /** Each scan sees what the one before it did, however fast they come. */
  const make = (step: Step): AddedLine | undefined => {
    if (step.do === 'refuse') return refuse(step.why);
    let key = step.do === 'edit' ? step.key : '';
    flushSync(() => {
      if (step.do === 'add') key = hand.addLine('lines', step.fields);
      else {
        for (const [name, value] of Object.entries(step.fields)) hand.editLine(step.key, name, value);
        if (step.drop !== undefined) hand.removeLine(step.drop);
      }
    });
    return now().find((line) => line.key === key);
  };
  const say = (line: AddedLine | undefined): string => {
    if (!line) return '';
    const parts = [textOf(line, 'lot'), textOf(line, 'serial')].filter((part) => part !== '');
    return words.text('stock.scan.took', { item: [textOf(line, 'name'), ...parts].join(' · '), quantity: words.decimal(textOf(line, 'quantity')), unit: textOf(line, 'unit') });
  };
  /** Of a lot that is known its date; of what goes out, whether it lies there. */
  const placed = async (item: string, want: 'lot' | 'serial', code: string): Promise<string> => {
    const asked = enters ? {} : { location: String(latest.current.set.location ?? '') || usual };
    const places = (await client.query({ ...onHandQuery(item, asked), staleTime: 0 })).places;
    const place = places.find((place) => (want === 'lot' ? place.lot : place.serial) === code);
    if (!place && !enters) throw new ScanRefused(words.text(want === 'lot' ? 'stock.scan.noSuchLot' : 'stock.scan.noSuchPiece'));
    if (place && enters && want === 'serial') throw new ScanRefused(words.problem('serial-elsewhere'));
    return place?.expiry ?? '';
  };
  const ofItem = async (item: FoundItem, scan: Scanned): Promise<string> => {
    const beside: Omit<Scanned, 'code'> = { ...scan };
    const what = item.tracking === 'none' ? undefined : item.tracking === 'lot' ? beside.lot : beside.serial;
    if (what !== undefined && item.tracking !== 'none') {
      const known = await placed(item.id, item.tracking, what);
      if (known !== '') beside.expiry = known;
    }
    return say(make(counted(now(), item, beside)));
  };
  const take = async (typed: string): Promise<string> => {
    const scan = readScan(typed, words.intl.locale);
    const times = String(latest.current.set.times ?? '');
    if (scan.code === '') {
      flushSync(() => hand.edit('times', scan.quantity ?? ''));
      return words.text('stock.scan.times', { quantity: words.decimal(scan.quantity ?? '') });
    }
    if (scan.quantity === undefined && times !== '') scan.quantity = times;
    const said = await meant(scan);
    if (times !== '') flushSync(() => hand.drop('times'));
    return said;
  };
  const meant = async (scan: Scanned): Promise<string> => {
    const waits = waiting(now(), enters);
    if (waits?.want === 'expiry') {
      const day = readDay(scan.code);
      if (day !== undefined) return say(make({ do: 'edit', key: waits.line.key, fields: { expiry: day } }));
    }
    const items = await lookup(client, scan.code);
    if (items.length > 1) throw new ScanRefused(words.problem('ambiguous'));
    const [item] = items;
    if (item) return ofItem(item, scan);
    if (waits?.want === 'lot' || waits?.want === 'serial') {
      const known = await placed(String(waits.line.fields.item), waits.want, scan.code);
      const line = make(named(now(), waits.line, waits.want, scan.code));
      return say(line && known !== '' ? make({ do: 'edit', key: line.key, fields: { expiry: known } }) : line);
    }
    if (waits?.want === 'expiry') throw new ScanRefused(words.text('stock.scan.noDay'));
    const step = further(now(), scan.code, scan.quantity);
    if (!step) throw new ScanRefused(words.text('stock.scan.unknown'));
    if (step.do === 'add') await placed(String(step.fields.item), 'serial', scan.code);
    return say(make(step));
  };
  return { hand, lines: hand.draft.add, expected: waiting(hand.draft.add, enters), take, now };
}
