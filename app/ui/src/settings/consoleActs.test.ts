// What the console asks, and what approving it comes to.
import { describe, expect, it } from 'vitest';
import { approvalOf, askedIn, type Asked } from './consoleActs';
import type { Site } from './removal';

const named = (code: string) => ({ code, name: '', country: '' });
const site = (given: Partial<Site> = {}): Site => ({
  code: 'DKR', name: 'Dakar', headquarters: false, here: false, standing: 'member', past_cut: 0, logs: [], ...given,
});
const scope = { id: 's1', name: 'trade', defined: false, members: ['PAR', 'DKR'], holders: ['PAR', 'DKR'], jurisdictions: [], relays: [] };

describe('what is asked', () => {
  it('is an act and what it is about', () => {
    expect(askedIn({ act: 'suspend', site: named('DKR') })).toEqual({ act: 'suspend', site: named('DKR') });
    expect(askedIn({ act: 'rotate', scope: 'trade' })).toEqual({ act: 'rotate', scope: 'trade' });
  });

  it('is not known where the act is of a newer console, or is about nothing', () => {
    expect(askedIn({ act: 'unknown' })).toEqual({ act: 'unknown' });
    expect(askedIn({ act: 'adopt', site: named('DKR') })).toEqual({ act: 'unknown' });
    expect(askedIn({ act: 'revoke', site: null })).toEqual({ act: 'unknown' });
    expect(askedIn({ act: 'rotate', scope: null })).toEqual({ act: 'unknown' });
  });
});

describe('an approval', () => {
  const approval = (asked: Asked, given?: Partial<Site>) => approvalOf(asked, [site(given)], [scope]);

  it('invites a site that is not there yet', () => {
    expect(approval({ act: 'invite', site: named('ABJ') })).toEqual({ act: 'invite', site: named('ABJ') });
  });

  it('is of the site as it stands', () => {
    expect(approval({ act: 'suspend', site: named('DKR') })).toEqual({ act: 'suspend', site: site() });
    expect(approval({ act: 'revoke', site: named('DKR') }, { standing: 'suspended' })).toEqual({ act: 'revoke', site: site({ standing: 'suspended' }) });
  });

  it('is of the scope as it is', () => {
    expect(approval({ act: 'rotate', scope: 'trade' })).toEqual({ act: 'rotate', scope });
  });

  it('is none where nothing of that name is there', () => {
    expect(approval({ act: 'suspend', site: named('ABJ') })).toBeUndefined();
    expect(approval({ act: 'rotate', scope: 'payroll' })).toBeUndefined();
    expect(approval({ act: 'unknown' })).toBeUndefined();
  });

  it('is none of what the site is already, nor of headquarters itself', () => {
    expect(approval({ act: 'suspend', site: named('DKR') }, { standing: 'suspended' })).toBeUndefined();
    expect(approval({ act: 'resume', site: named('DKR') })).toBeUndefined();
    expect(approval({ act: 'resume', site: named('DKR') }, { standing: 'revoked' })).toBeUndefined();
    expect(approval({ act: 'suspend', site: named('DKR') }, { here: true, headquarters: true })).toBeUndefined();
  });
});
