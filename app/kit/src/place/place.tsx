// Where things are, and how to get there without loading the page anew. Owns the paths; the shell gives the way to go.
import { Anchor, type AnchorProps } from '@mantine/core';
import { createContext, useContext, type MouseEvent, type ReactNode } from 'react';
import type { Pairs } from '../api/records';

export const paths = {
  list: (kind: string, pairs: Pairs = []) => {
    const query = new URLSearchParams(pairs).toString();
    return `/records/${kind}${query ? `?${query}` : ''}`;
  },
  /** With what the record begins with. */
  create: (kind: string, presets: Pairs = []) => {
    const query = new URLSearchParams(presets).toString();
    return `/records/${kind}/new${query ? `?${query}` : ''}`;
  },
  record: (kind: string, id: string) => `/records/${kind}/${id}`,
  import: (kind: string) => `/records/${kind}/import`,
  inbox: '/inbox',
  sync: '/sync',
  repair: '/sync/repair',
  imports: '/imports',
  settings: (part: string) => `/settings/${part}`,
};

export type Go = (path: string, options?: { replace?: boolean }) => void;

const GoContext = createContext<Go>((path) => window.location.assign(path));
export const GoProvider = GoContext.Provider;
export const useGo = () => useContext(GoContext);

/** Whether a click is meant for the browser: another window, another tab. */
export const isForBrowser = (event: MouseEvent) =>
  event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

/** `first`: what has to be said before it goes there in this window. */
export function PlaceLink({ to, first, children, ...rest }: { to: string; first?: () => void; children: ReactNode } & AnchorProps) {
  const go = useGo();
  return (
    <Anchor
      size="sm"
      {...rest}
      href={to}
      onClick={(event) => {
        if (isForBrowser(event)) return;
        event.preventDefault();
        first?.();
        go(to);
      }}
    >
      {children}
    </Anchor>
  );
}
