// What each person sets for this browser: language and theme, switched while the page lives. Owns the choice; whose words they are is said
// by whoever shows the screens.
import { MantineProvider } from '@mantine/core';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { IntlProvider } from 'react-intl';
import { ToastProvider } from '../problem/toasts';
import type { Catalogue, Language } from '../words/common';
import './look.css';
import { theme } from './theme';

const KEY = 'comptoir.language';

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === 'fr' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('fr') ? 'fr' : 'en';
}

interface Chosen {
  language: Language;
  setLanguage: (language: Language) => void;
}

const PreferencesContext = createContext<Chosen>({ language: 'en', setLanguage: () => undefined });
export const usePreferences = () => useContext(PreferencesContext);

export interface PreferencesProps {
  children: ReactNode;
  /** The messages of a language, and those that came with the page. Both stay the same while the page lives. */
  catalogue: (language: Language) => Promise<Catalogue>;
  english: Catalogue;
  /** Hears which language is spoken. */
  spoken?: (language: Language) => void;
}

export function Preferences({ children, catalogue, english, spoken }: PreferencesProps) {
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
  }, [language, catalogue, english]);
  useEffect(() => spoken?.(language), [language, spoken]);
  const chosen = useMemo<Chosen>(
    () => ({
      language,
      setLanguage: (language) => {
        localStorage.setItem(KEY, language);
        setLanguage(language);
      },
    }),
    [language],
  );
  const locale = messages ? regional(messages.of) : 'en-GB';
  useEffect(() => {
    document.documentElement.lang = messages?.of ?? language;
  }, [messages, language]);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {messages ? (
        <IntlProvider locale={locale} messages={messages.all} defaultLocale="en" onError={(error) => console.error(error.message)}>
          <PreferencesContext.Provider value={chosen}>
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
