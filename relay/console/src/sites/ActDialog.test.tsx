// Several sites in one dialog: which they are, one reason for all, and what is left of them where some are refused.
import { Problem } from '@comptoir/kit';
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { english } from '../words/catalogue';
import { ActDialog, type ActDialogProps } from './ActDialog';
import { held, site } from './site.fixture';
import type { Ended } from './together';

const put = vi.fn<(act: string, code: string, reason: string) => Promise<void>>();
vi.mock('./useSiteAct', () => ({ useSiteAct: () => ({ act: put, afterwards: () => undefined }) }));

const sites = Array.from({ length: 11 }, (_, at) => site({ code: `S${at}`, name: `Site ${at}` }));
const ended = vi.fn<(ended: Ended) => void>();
const close = vi.fn();

// The field of the reason asks when letters are there; this document has none.
Object.defineProperty(document, 'fonts', { value: new EventTarget() });
beforeEach(() => [put, ended, close].forEach((mock) => mock.mockReset()));
afterEach(cleanup);

async function opened(props: Pick<ActDialogProps, 'act' | 'sites'> & Partial<ActDialogProps>): Promise<HTMLElement> {
  render(
    <MantineProvider>
      <IntlProvider locale="en" messages={english}>
        <ActDialog ended={ended} close={close} {...props} />
      </IntlProvider>
    </MantineProvider>,
  );
  return screen.findByRole('dialog');
}
const reasons = () => put.mock.calls.map(([, code, reason]) => [code, reason]);

it('names the sites, so many as can be read, and those that are left alone', async () => {
  const dialog = await opened({ act: 'suspend', sites, others: 2 });
  expect(screen.getByText('Ask headquarters to suspend 11 sites')).toBeTruthy();
  expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(sites.slice(0, 8).map(({ code, name }) => `${code} · ${name}`));
  for (const said of ['and 3 more', '2 more are chosen that this does not concern']) expect(dialog.textContent).toContain(said);
});

it('is done of each with one reason, and closes', async () => {
  await opened({ act: 'hold', sites: sites.slice(0, 2) });
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'odd traffic' } });
  fireEvent.click(screen.getByRole('button', { name: 'Hold 2 lines' }));
  await waitFor(() => expect(close).toHaveBeenCalledOnce());
  expect(put.mock.calls).toEqual([['hold', 'S0', 'odd traffic'], ['hold', 'S1', 'odd traffic']]);
  expect(ended).toHaveBeenCalledWith({ done: ['S0', 'S1'], refused: [] });
});

it('says of which sites it was refused and why, and tries those again with the same reason', async () => {
  put.mockImplementation((_, code) => (['S1', 'S3'].includes(code) ? Promise.reject(new Problem('asked-already')) : Promise.resolve()));
  const dialog = await opened({ act: 'suspend', sites: sites.slice(0, 4) });
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'lost' } });
  fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The same waits for an answer already.');
  expect(alert.textContent).toContain('S1 and S3');
  expect(dialog.textContent).toContain('It was not done for 2 sites');
  expect(screen.getByText('Ask headquarters to suspend 2 sites')).toBeTruthy();
  expect(close).not.toHaveBeenCalled();
  put.mockReset().mockResolvedValue();
  fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
  await waitFor(() => expect(close).toHaveBeenCalledOnce());
  expect(reasons()).toEqual([['S1', 'lost'], ['S3', 'lost']]);
});

it('says what was refused of a site alone as any refusal', async () => {
  put.mockRejectedValue(new Problem('is-headquarters'));
  const dialog = await opened({ act: 'hold', sites: sites.slice(0, 1) });
  expect(screen.queryByRole('listitem')).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Hold the line' }));
  expect((await screen.findByRole('alert')).textContent).toContain('This is headquarters itself.');
  expect(dialog.textContent).not.toContain('It was not done');
});

it('says why lines were held that are to be released', async () => {
  await opened({ act: 'release', sites: [{ ...site({ code: 'DKR', name: 'Dakar' }), held }] });
  expect(screen.getByRole('listitem').textContent).toContain(held.reason);
  expect(screen.queryByRole('textbox')).toBeNull();
});

it('begins nothing more once it is closed, and tells what was done', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((done) => (go = done));
  put.mockReturnValue(gate);
  await opened({ act: 'hold', sites });
  fireEvent.click(screen.getByRole('button', { name: 'Hold 11 lines' }));
  await waitFor(() => expect(put).toHaveBeenCalled());
  cleanup();
  const begun = put.mock.calls.length;
  go();
  await waitFor(() => expect(ended).toHaveBeenCalledOnce());
  expect(put).toHaveBeenCalledTimes(begun);
  expect(ended.mock.calls[0]?.[0].done).toHaveLength(begun);
});
