// The actions that the palette offers everywhere.
import { useMantineColorScheme } from '@mantine/core';
import { accountQuery, kindsQuery, paths, THEMES, usePreferences, useWords, type Go, type PaletteAction } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { placesFor } from '../stock/places';
import { isOpen, PARTS } from '../settings/SettingsScreen';
import { signOut } from './session';
import { quit } from '../window/ipc';
import { inWindow } from '../window/window';

export function useActions(go: Go): PaletteAction[] {
  const words = useWords();
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const account = useQuery(accountQuery);
  const { language, setLanguage } = usePreferences();
  const { setColorScheme } = useMantineColorScheme();
  const on = (kinds.data ?? []).filter((kind) => kind.on);
  const moves = on.find((kind) => kind.kind === 'move');
  return [
    ...(moves ? placesFor(moves.may).map((place) => ({ id: place.path, label: words.text(place.name), run: () => go(place.path) })) : []),
    ...on.map((kind) => ({
      id: `list-${kind.kind}`,
      label: words.kind(kind.kind, kind.label),
      run: () => go(paths.list(kind.kind)),
    })),
    ...on.filter((kind) => kind.may.includes('edit')).map((kind) => ({
      id: `new-${kind.kind}`,
      label: words.text('record.newOne', { kind: words.kindOne(kind.kind, kind.label) }),
      run: () => go(paths.create(kind.kind)),
    })),
    ...on.filter((kind) => kind.may.includes('import')).map((kind) => ({
      id: `import-${kind.kind}`,
      label: words.text('import.title', { kind: words.kind(kind.kind, kind.label) }),
      run: () => go(paths.import(kind.kind)),
    })),
    { id: 'inbox', label: words.text('inbox.title'), run: () => go(paths.inbox) },
    { id: 'sync', label: words.text('sync.title'), run: () => go(paths.sync) },
    { id: 'repair', label: words.text('repair.title'), run: () => go(paths.repair) },
    { id: 'imports', label: words.text('imports.title'), run: () => go(paths.imports) },
    ...PARTS.filter((part) => isOpen(part, account.data)).map((part) => ({
      id: `settings-${part}`,
      label: `${words.text('settings.title')} · ${words.text(`settings.${part}`)}`,
      run: () => go(`/settings/${part}`),
    })),
    {
      id: 'language',
      label: language === 'fr' ? 'English' : 'Français',
      run: () => setLanguage(language === 'fr' ? 'en' : 'fr'),
    },
    ...THEMES.map((scheme) => ({
      id: `theme-${scheme}`,
      label: `${words.text('settings.theme')} · ${words.text(`settings.theme.${scheme}`)}`,
      run: () => setColorScheme(scheme),
    })),
    inWindow
      ? { id: 'quit', label: words.text('window.quit'), run: () => void quit() }
      : { id: 'signout', label: words.text('shell.signOut'), run: () => void signOut() },
  ];
}
