// What each person sets for this browser: language and theme, switched while the page lives.
import { createTheme, MantineProvider, type MantineColorsTuple } from '@mantine/core';
import { catalogue, english, ToastProvider, type Catalogue, type Language } from '@comptoir/kit';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { speak } from '../window/ipc';
import { inWindow } from '../window/window';

const ink: MantineColorsTuple = ['#e8f4f5', '#d0e4e6', '#a1c9cd', '#6fadb3', '#46959d', '#2c858e', '#1b7580', '#14636d', '#0f525a', '#083f46'];

const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 7 },
  colors: { ink },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  defaultRadius: 'sm',
  cursorType: 'pointer',
  components: {
    // A menu stands within the screen that it belongs to, and holds nothing but its items: the first of them has the focus.
    Menu: { defaultProps: { transitionProps: { duration: 0 }, withinPortal: false, withInitialFocusPlaceholder: false } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
  },
});

const KEY = 'comptoir.language';

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'fr' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

interface Said {
  language: Language;
  setLanguage: (language: Language) => void;
  /** Why the link that this page was opened with did not work. */
  signInProblem: unknown;
}

const PreferencesContext = createContext<Said>({ language: 'en', setLanguage: () => undefined, signInProblem: undefined });
export const usePreferences = () => useContext(PreferencesContext);

export function Preferences({ children, signInProblem }: { children: ReactNode; signInProblem: unknown }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const [messages, setMessages] = useState<{ of: Language; all: Catalogue }>();
  useEffect(() => {
    let left = false;
    catalogue(language).then(
      (all) => {
        if (!left) setMessages({ of: language, all });
      },
      // The words could not be loaded: those that are here go on, else the English ones, which came with the page.
      () => {
        if (!left) setMessages((before) => before ?? { of: 'en', all: english });
      },
    );
    return () => {
      left = true;
    };
  }, [language]);
  useEffect(() => {
    // The tray and notices of the app speak as the page does.
    if (inWindow) void speak(language);
  }, [language]);
  const said = useMemo<Said>(
    () => ({
      language,
      signInProblem,
      setLanguage: (language) => {
        localStorage.setItem(KEY, language);
        setLanguage(language);
      },
    }),
    [language, signInProblem],
  );
  const locale = messages ? regional(messages.of) : 'en-GB';
  useEffect(() => {
    document.documentElement.lang = messages?.of ?? language;
  }, [messages, language]);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {messages ? (
        <IntlProvider locale={locale} messages={messages.all} defaultLocale="en" onError={(error) => console.error(error.message)}>
          <PreferencesContext.Provider value={said}>
            <ToastProvider>{children}</ToastProvider>
          </PreferencesContext.Provider>
        </IntlProvider>
      ) : null}
    </MantineProvider>
  );
}

/** The browser's own region where it speaks the language: Canadian French stays Canadian. */
function regional(language: Language): string {
  const own = navigator.languages.find((locale) => locale.toLowerCase().startsWith(`${language}-`));
  return own ?? (language === 'fr' ? 'fr-FR' : 'en-GB');
}

