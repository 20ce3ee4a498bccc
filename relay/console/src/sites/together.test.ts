// One thing of several sites: all of them, whatever is refused of one; but nothing more once it can only be refused, or somebody stopped it.
import { Problem } from '@comptoir/kit';
import { expect, it } from 'vitest';
import { AT_ONCE, byProblem, together } from './together';

const sites = Array.from({ length: 20 }, (_, at) => `S${at}`);
const watching = { told: () => undefined, isStopped: () => false };
const later = () => new Promise((done) => setTimeout(done));

it('is done of each, a few at a time and in their order', async () => {
  const begun: string[] = [];
  const told: number[] = [];
  let [now, most] = [0, 0];
  const ended = await together(
    sites,
    async (site) => {
      begun.push(site);
      most = Math.max(most, ++now);
      await later();
      now--;
    },
    { ...watching, told: (count) => told.push(count) },
  );
  expect([begun, ended.refused, most]).toEqual([sites, [], AT_ONCE]);
  expect([ended.done.length, told.at(-1)]).toEqual([20, 20]);
});

it('what is refused of one is done of the others, and told with its reason', async () => {
  const ended = await together(
    sites,
    async (site) => {
      await later();
      if (site === 'S3') throw new Problem('asked-already');
      if (site === 'S7') throw new Error('odd');
    },
    watching,
  );
  expect(ended.done).toHaveLength(18);
  expect(ended.refused.map(({ site, problem }) => [site, problem.code])).toEqual([['S3', 'asked-already'], ['S7', 'internal']]);
});

it('what would be refused of all is tried of no more, and none is lost', async () => {
  const begun: string[] = [];
  const ended = await together(
    sites,
    async (site) => {
      begun.push(site);
      await later();
      if (begun.length > AT_ONCE) throw new Problem('too-many-requests');
    },
    watching,
  );
  expect(begun.length).toBeLessThanOrEqual(2 * AT_ONCE);
  expect([...ended.done, ...ended.refused.map(({ site }) => site)].sort()).toEqual([...sites].sort());
  expect(new Set(ended.refused.map(({ problem }) => problem.code))).toEqual(new Set(['too-many-requests']));
});

it('begins nothing more once it is stopped, and says only what was done', async () => {
  let count = 0;
  const ended = await together(sites, later as () => Promise<void>, { told: (now) => (count = now), isStopped: () => count >= 4 });
  expect(ended.done.length).toBeGreaterThanOrEqual(4);
  expect(ended.done.length).toBeLessThan(4 + AT_ONCE);
  expect(ended.refused).toEqual([]);
});

it('refusals of one kind are told together', () => {
  const [away, asked] = [new Problem('relay-unreachable'), new Problem('asked-already')];
  const refused = [{ site: 'A', problem: away }, { site: 'B', problem: asked }, { site: 'C', problem: away }];
  expect(byProblem(refused)).toEqual([{ problem: away, sites: ['A', 'C'] }, { problem: asked, sites: ['B'] }]);
});
