// Which acts are offered on a site's page, and for several sites at once.
import { describe, expect, it } from 'vitest';
import { answered, request } from '../requests/request.fixture';
import { admitting, asksOn, lineActOn, mayJudgeAgain } from './acts';
import { held, site } from './site.fixture';

const dakar = site({ code: 'DKR' });
const paris = site({ code: 'PAR', headquarters: true });

describe('the line of a site', () => {
  it('can be held, and released once it is', () => {
    expect(lineActOn(dakar)).toBe('hold');
    expect(lineActOn({ ...dakar, held })).toBe('release');
  });

  it('is not held where the site is removed, but can still be released', () => {
    expect(lineActOn({ ...dakar, removed: 'suspended' })).toBeUndefined();
    expect(lineActOn({ ...dakar, removed: 'revoked' })).toBeUndefined();
    expect(lineActOn({ ...dakar, removed: 'suspended', held })).toBe('release');
  });

  it('is not held of headquarters', () => {
    expect(lineActOn(paris)).toBeUndefined();
  });
});

describe('what headquarters is asked', () => {
  it('is what makes sense as the site stands', () => {
    expect(asksOn(dakar, [])).toEqual(['suspend', 'revoke']);
    expect(asksOn({ ...dakar, removed: 'suspended' }, [])).toEqual(['resume', 'revoke']);
    expect(asksOn({ ...dakar, removed: 'revoked' }, [])).toEqual([]);
  });

  it('is never about itself', () => {
    expect(asksOn(paris, [])).toEqual([]);
  });

  it('is not asked twice while it waits', () => {
    const waiting = request({ act: 'suspend', site: 'DKR' });
    expect(asksOn(dakar, [waiting])).toEqual(['revoke']);
    expect(asksOn(dakar, [{ ...waiting, site: 'THS' }])).toEqual(['suspend', 'revoke']);
    expect(asksOn(dakar, [{ ...waiting, answer: answered('declined') }])).toEqual(['suspend', 'revoke']);
  });
});

describe('an act on several sites', () => {
  const away = { ...dakar, code: 'THS', removed: 'suspended' };
  const sites = [paris, dakar, away, { ...dakar, code: 'ABJ', held }];
  const codes = (...args: Parameters<typeof admitting>) => admitting(...args).map((one) => one.code);

  it('concerns those of which it is offered alone', () => {
    expect(codes('hold', sites, [])).toEqual(['DKR']);
    expect(codes('release', sites, [])).toEqual(['ABJ']);
    expect(codes('suspend', sites, [])).toEqual(['DKR', 'ABJ']);
    expect(codes('resume', sites, [])).toEqual(['THS']);
  });

  it('leaves out what waits already, and waits itself until that is known', () => {
    expect(codes('suspend', sites, [request({ act: 'suspend', site: 'DKR' })])).toEqual(['ABJ']);
    expect(codes('suspend', sites, undefined)).toEqual([]);
    expect(codes('hold', sites, undefined)).toEqual(['DKR']);
  });
});

describe('an entry that is set aside', () => {
  const waiting = request({ act: 'judge-again', site: 'DKR', entry: 'aa' });

  it('can be judged again, also at headquarters, and is not asked for twice', () => {
    expect([mayJudgeAgain(dakar, 'aa', []), mayJudgeAgain(paris, 'aa', [waiting]), mayJudgeAgain(dakar, 'bb', [waiting])]).toEqual([true, true, true]);
    expect(mayJudgeAgain(dakar, 'aa', [waiting])).toBe(false);
    expect(mayJudgeAgain(dakar, 'aa', [{ ...waiting, answer: answered('unchanged') }])).toBe(true);
  });

  it('is not judged by a site that does not come', () => {
    expect(mayJudgeAgain({ ...dakar, removed: 'suspended' }, 'aa', [])).toBe(false);
  });
});
