// Which acts of removal are offered, and what would count after each.
import { describe, expect, it } from 'vitest';
import { actsOn, consequences, cutOf, isConfirmed, type Site } from './removal';

const site = (given: Partial<Site> = {}): Site => ({
  code: 'DKR', name: 'Dakar', headquarters: false, here: false, standing: 'member', past_cut: 0, logs: [], ...given,
});
const log = (scope: string, held: number, counts: number, epoch = 'e1') => ({ scope, writer: `dkr.${epoch}`, held, counts });

describe('what is offered', () => {
  it('follows from how the site stands', () => {
    expect(actsOn(site())).toEqual(['suspend', 'revoke']);
    expect(actsOn(site({ standing: 'suspended' }))).toEqual(['resume', 'revoke']);
    expect(actsOn(site({ standing: 'revoked' }))).toEqual([]);
  });

  it('lets what is set aside be adopted once there is some', () => {
    expect(actsOn(site({ standing: 'suspended', past_cut: 3 }))).toEqual(['resume', 'adopt', 'revoke']);
    expect(actsOn(site({ standing: 'revoked', past_cut: 1 }))).toEqual(['adopt']);
  });

  it('is nothing against oneself', () => {
    expect(actsOn(site({ here: true, headquarters: true }))).toEqual([]);
  });
});

describe('the cut', () => {
  const logs = [log('organisation', 12, 12), log('trade', 5, 3)];

  it('leaves what counts at a removal, and lets all that is here count when it is lifted or moved', () => {
    const then = (act: Parameters<typeof cutOf>[1]) => cutOf(site({ logs }), act).map(({ held, now, then }) => [held, now, then]);
    expect(then('suspend')).toEqual([[12, 12, 12], [5, 3, 3]]);
    expect(then('revoke')).toEqual(then('suspend'));
    expect(then('resume')).toEqual([[12, 12, 12], [5, 3, 5]]);
    expect(then('adopt')).toEqual(then('resume'));
  });

  it('tells several histories in one scope apart, and numbers no other', () => {
    const restored = site({ logs: [log('organisation', 12, 12), log('trade', 5, 5, 'e1'), log('trade', 2, 0, 'e2')] });
    expect(cutOf(restored, 'suspend').map(({ scope, history }) => [scope, history])).toEqual([['organisation', undefined], ['trade', 1], ['trade', 2]]);
  });
});

describe('what follows', () => {
  it('says once that the cut is made: a revocation after a suspension leaves it', () => {
    expect(consequences(site(), 'revoke')).toContain('cut');
    expect(consequences(site({ standing: 'suspended' }), 'revoke')).toEqual(['stays', 'good']);
    expect(consequences(site(), 'suspend')).not.toContain('good');
  });
});

describe('a confirmation', () => {
  it('is the code of the site, for a revocation alone', () => {
    expect(isConfirmed('suspend', 'DKR', '')).toBe(true);
    expect(isConfirmed('revoke', 'DKR', '')).toBe(false);
    expect(isConfirmed('revoke', 'DKR', 'PAR')).toBe(false);
    expect(isConfirmed('revoke', 'DKR', ' DKR ')).toBe(true);
  });
});
