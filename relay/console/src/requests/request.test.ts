// Which request is of what, and whether it waits.
import { expect, it } from 'vitest';
import { answered, request } from './request.fixture';
import { isRenewable, isWaiting, lastOf, waitingOn } from './request';

const suspend = request({ act: 'suspend', site: 'DKR' });
const judged = request({ act: 'judge-again', site: 'DKR', entry: 'aa', answer: answered('unchanged') });
const rotated = request({ act: 'rotate', scope: 'trade', answer: answered('done') });
const invited = request({ act: 'invite', site: 'ABJ' });
const all = [suspend, invited, judged, rotated, request({ ...judged, id: 'earlier', answer: answered('done') })];

it('a request is of its act and of what it is about', () => {
  expect(lastOf(all, { act: 'suspend', site: 'DKR' })).toBe(suspend);
  expect(lastOf(all, { act: 'suspend', site: 'THS' })).toBeUndefined();
  expect(lastOf(all, { act: 'revoke', site: 'DKR' })).toBeUndefined();
  expect(lastOf(all, { act: 'rotate', scope: 'trade' })).toBe(rotated);
  expect(lastOf(all, { act: 'rotate', scope: 'organisation' })).toBeUndefined();
  expect(lastOf(all, { act: 'judge-again', site: 'DKR', entry: 'bb' })).toBeUndefined();
});

it('of several the first is the last', () => {
  expect(lastOf(all, { act: 'judge-again', site: 'DKR', entry: 'aa' })).toBe(judged);
});

it('waits until it is answered', () => {
  expect([isWaiting(all, { act: 'suspend', site: 'DKR' }), isWaiting(all, { act: 'rotate', scope: 'trade' }), isWaiting(all, { act: 'revoke', site: 'DKR' })]).toEqual([true, false, false]);
});

it('what waits about a site is what headquarters decides', () => {
  const again = request({ act: 'judge-again', site: 'DKR', entry: 'aa' });
  expect(waitingOn([again, ...all], 'DKR')).toEqual([suspend]);
  expect(waitingOn(all, 'ABJ')).toEqual([invited]);
});

it('the roster has no key to renew, and what has no name cannot be asked for by it', () => {
  expect(['organisation', 'private:DKR', 'afrique-ouest', 'roster', '0123456789abcdef0123456789abcdef'].filter(isRenewable)).toEqual(['organisation', 'private:DKR', 'afrique-ouest']);
});
