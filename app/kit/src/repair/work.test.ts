// One work at a time; a rebuild is verified; what failed leaves what was known.
import { expect, it } from 'vitest';
import { RepairWork } from './work';

const sound = { sound: true, entries: 3, records: 2, findings: [] };
const rebuilt = { entries: 3, records: 2, changed: [] };

it('a rebuild is followed by a verification, and its time is told', async () => {
  let now = 0;
  const asked: string[] = [];
  const work = new RepairWork(
    {
      verify: () => { asked.push('verify'); now += 5; return Promise.resolve(sound); },
      rebuild: () => { asked.push('rebuild'); now += 7; return Promise.resolve(rebuilt); },
    },
    () => now,
  );
  await work.verify();
  expect(work.snapshot().verified).toEqual({ answer: sound, took: 5, afterRebuild: false });
  const running = work.rebuild();
  expect(work.snapshot().running?.work).toBe('rebuild');
  // While one runs there is no second.
  await work.verify();
  await running;
  expect(asked).toEqual(['verify', 'rebuild', 'verify']);
  expect(work.snapshot()).toEqual({ rebuilt: { answer: rebuilt, took: 7 }, verified: { answer: sound, took: 5, afterRebuild: true } });
});

it('a rebuild that is refused is told, and nothing is taken for mended', async () => {
  const refused = new Error('damaged');
  const work = new RepairWork({ verify: () => Promise.resolve(sound), rebuild: () => Promise.reject(refused) }, () => 0);
  await work.verify();
  await work.rebuild();
  expect(work.snapshot().problem).toBe(refused);
  expect(work.snapshot().rebuilt).toBeUndefined();
  expect(work.snapshot().verified?.afterRebuild).toBe(false);
  expect(work.snapshot().running).toBeUndefined();
});
