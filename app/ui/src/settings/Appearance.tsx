// Language and theme, for this browser.
import { Button, Stack, Text } from '@mantine/core';
import { LanguageSwitch, ThemeSwitch, useWords } from '@comptoir/kit';
import { signOut } from '../shell/session';

export function Appearance() {
  const words = useWords();
  return (
    <Stack align="start">
      <div>
        <Text size="sm" fw={600} mb={4}>
          {words.text('settings.language')}
        </Text>
        <LanguageSwitch size="sm" />
      </div>
      <div>
        <Text size="sm" fw={600} mb={4}>
          {words.text('settings.theme')}
        </Text>
        <ThemeSwitch />
      </div>
      <Button variant="default" onClick={() => void signOut()}>
        {words.text('shell.signOut')}
      </Button>
    </Stack>
  );
}
