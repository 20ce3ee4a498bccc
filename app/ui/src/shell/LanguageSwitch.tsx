// French or English, where there are no settings yet.
import { SegmentedControl } from '@mantine/core';
import { useWords } from '@comptoir/kit';
import { usePreferences } from './Preferences';

export function LanguageSwitch() {
  const words = useWords();
  const { language, setLanguage } = usePreferences();
  return (
    <SegmentedControl
      w="fit-content"
      size="xs"
      aria-label={words.text('settings.language')}
      value={language}
      onChange={(chosen) => setLanguage(chosen === 'fr' ? 'fr' : 'en')}
      data={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]}
    />
  );
}
