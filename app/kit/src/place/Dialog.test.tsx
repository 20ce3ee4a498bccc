// What had the keyboard before a dialog has it again after it, unless whoever closed it gave it to something else.
import { MantineProvider } from '@mantine/core';
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useRef, useState } from 'react';
import { IntlProvider } from 'react-intl';
import { afterEach, expect, it } from 'vitest';
import { english } from '../words/catalogue';
import { Dialog } from './Dialog';

afterEach(cleanup);

function Opening({ goesOn }: { goesOn: boolean }) {
  const [opened, setOpened] = useState(false);
  const next = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpened(false);
    if (goesOn) next.current?.focus();
  };
  return (
    <>
      <button onClick={() => setOpened(true)}>open</button>
      <button ref={next}>next</button>
      {opened ? (
        <Dialog title="Asked" close={close}>
          <button data-autofocus onClick={close}>
            yes
          </button>
        </Dialog>
      ) : null}
    </>
  );
}

async function closedAgain(goesOn: boolean): Promise<void> {
  render(
    <MantineProvider>
      <IntlProvider locale="en" messages={english}>
        <Opening goesOn={goesOn} />
      </IntlProvider>
    </MantineProvider>,
  );
  const open = screen.getByText('open');
  open.focus();
  fireEvent.click(open);
  const yes = await screen.findByText('yes');
  await waitFor(() => expect(document.activeElement).toBe(yes));
  fireEvent.click(yes);
  await waitFor(() => expect(screen.queryByText('yes')).toBeNull());
  // The focus goes back when what was closed is gone.
  await new Promise((done) => setTimeout(done));
}

it('is the button that opened it', async () => {
  await closedAgain(false);
  expect(document.activeElement?.textContent).toBe('open');
});

it('is what comes next, where somebody said so', async () => {
  await closedAgain(true);
  expect(document.activeElement?.textContent).toBe('next');
});
