// Where the interface starts: the way to the node (in the app's window) or the session (in a browser) first, and what was typed before a
// crash; then language, theme and the screens.
import '@mantine/core/styles.css';
import { keptIsBack, ProblemLeads, repairLead } from '@comptoir/kit';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './shell/client';
import { keepJoinLink } from './first-run/joinLink';
import { Preferences } from './shell/Preferences';
import { signInFromLink } from './shell/session';
import { entered, inWindow } from './window/window';
import { WindowDialogs } from './window/WindowDialogs';
import { router } from './router';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
keepJoinLink();
await Promise.all([keptIsBack(), entered()]);
const failed = inWindow ? undefined : await signInFromLink();
// A link that is opened in a window that shows these screens already changes the address alone.
window.addEventListener('hashchange', () => /^#(sign-in|join)=/.test(window.location.hash) && window.location.reload());
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Preferences signInProblem={failed}>
        <ProblemLeads value={repairLead}>
          <RouterProvider router={router} />
          {inWindow ? <WindowDialogs /> : null}
        </ProblemLeads>
      </Preferences>
    </QueryClientProvider>
  </StrictMode>,
);
