// French or English, switched while the page lives.
import { SegmentedControl, type SegmentedControlProps } from '@mantine/core';
import { LANGUAGE_NAMES } from '../words/common';
import { useText } from '../words/useWords';
import { usePreferences } from './Preferences';

export function LanguageSwitch(props: Omit<SegmentedControlProps, 'data' | 'value' | 'onChange'>) {
  const text = useText();
  const { language, setLanguage } = usePreferences();
  return (
    <SegmentedControl
      w="fit-content"
      size="xs"
      aria-label={text('settings.language')}
      {...props}
      value={language}
      onChange={(chosen) => setLanguage(chosen === 'fr' ? 'fr' : 'en')}
      data={[{ value: 'fr', label: LANGUAGE_NAMES.fr }, { value: 'en', label: LANGUAGE_NAMES.en }]}
    />
  );
}
