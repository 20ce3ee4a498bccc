// Which sites are chosen. Owns that nothing is that is not shown: what the filter or a change takes out of the list leaves the choice, and how many
// did so is told until something else is chosen.
import { useState } from 'react';

export interface Chosen {
  chosen: ReadonlySet<string>;
  /** How many left the choice because the list shows them no more. */
  gone: number;
  choose: (chosen: ReadonlySet<string>) => void;
  /** These are done with. */
  leave: (codes: string[]) => void;
}

const NONE: ReadonlySet<string> = new Set();

/** Of what is shown, by code; nothing is said of it while it is not known. */
export function useChosen(shown: ReadonlySet<string> | undefined): Chosen {
  const [{ chosen, gone }, set] = useState({ chosen: NONE, gone: 0 });
  const here = shown ? [...chosen].filter((code) => shown.has(code)) : [...chosen];
  const lost = chosen.size - here.length;
  const now = lost > 0 ? { chosen: new Set(here), gone: gone + lost } : { chosen, gone };
  // Before anything is drawn: nobody acts on what they do not see.
  if (lost > 0) set(now);
  return {
    ...now,
    choose: (chosen) => set({ chosen, gone: 0 }),
    leave: (codes) => set(({ chosen }) => ({ chosen: new Set([...chosen].filter((code) => !codes.includes(code))), gone: 0 })),
  };
}
