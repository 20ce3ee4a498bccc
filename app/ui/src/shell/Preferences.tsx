// Language and theme of this browser, in the words of the node's screens; and why the link that the page was opened with did not work.
import { catalogue, english, Preferences as Looks, type Language } from '@comptoir/kit';
import { createContext, useContext, type ReactNode } from 'react';
import { speak } from '../window/ipc';
import { inWindow } from '../window/window';

const SignInProblem = createContext<unknown>(undefined);
/** Why the link that this page was opened with did not work. */
export const useSignInProblem = () => useContext(SignInProblem);

/** The tray and notices of the app speak as the page does. */
function spoken(language: Language): void {
  if (inWindow) void speak(language);
}

export function Preferences({ children, signInProblem }: { children: ReactNode; signInProblem: unknown }) {
  return (
    <Looks catalogue={catalogue} english={english} spoken={spoken}>
      <SignInProblem.Provider value={signInProblem}>{children}</SignInProblem.Provider>
    </Looks>
  );
}
