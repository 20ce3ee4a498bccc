// Where the console's pages start: the code of a link leaves the address bar first; then language, theme and the screens.
import '@mantine/core/styles.css';
import { Preferences } from '@comptoir/kit';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { client } from './api/queries';
import { router } from './router';
import { keepSetupLink } from './setup/link';
import { catalogue, english } from './words/catalogue';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
keepSetupLink();
// A link that is opened in a window that shows these pages already changes the address alone.
window.addEventListener('hashchange', () => /^#set-up=/.test(window.location.hash) && window.location.reload());
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Preferences catalogue={catalogue} english={english}>
        <RouterProvider router={router} />
      </Preferences>
    </QueryClientProvider>
  </StrictMode>,
);
