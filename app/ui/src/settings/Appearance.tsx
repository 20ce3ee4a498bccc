// Language and theme, for this browser.
import { Button, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useWords } from '@comptoir/kit';
import { usePreferences } from '../shell/Preferences';
import { signOut } from '../shell/session';

export function Appearance() {
  const words = useWords();
  const { language, setLanguage } = usePreferences();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack align="start">
      <div>
        <Text size="sm" fw={600} id="language" mb={4}>
          {words.text('settings.language')}
        </Text>
        <SegmentedControl
          aria-labelledby="language"
          value={language}
          onChange={(chosen) => setLanguage(chosen === 'fr' ? 'fr' : 'en')}
          data={[{ value: 'fr', label: 'Français' }, { value: 'en', label: 'English' }]}
        />
      </div>
      <div>
        <Text size="sm" fw={600} id="theme" mb={4}>
          {words.text('settings.theme')}
        </Text>
        <SegmentedControl
          aria-labelledby="theme"
          value={colorScheme}
          onChange={(chosen) => setColorScheme(chosen === 'light' || chosen === 'dark' ? chosen : 'auto')}
          data={(['light', 'dark', 'auto'] as const).map((scheme) => ({ value: scheme, label: words.text(`settings.theme.${scheme}`) }))}
        />
      </div>
      <Button variant="default" onClick={() => void signOut()}>
        {words.text('shell.signOut')}
      </Button>
    </Stack>
  );
}
