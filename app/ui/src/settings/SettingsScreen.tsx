// Settings, in parts.
import { Stack, Tabs, Title } from '@mantine/core';
import { useGo, useWords } from '@comptoir/kit';
import { Appearance } from './Appearance';
import { Modules } from './Modules';
import { Sites } from './Sites';

export function SettingsScreen({ part }: { part: string }) {
  const words = useWords();
  const go = useGo();
  return (
    <Stack maw={900}>
      <Title order={1} size="h3">
        {words.text('settings.title')}
      </Title>
      <Tabs value={part} onChange={(chosen) => go(`/settings/${chosen ?? 'appearance'}`)} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="appearance">{words.text('settings.appearance')}</Tabs.Tab>
          <Tabs.Tab value="modules">{words.text('settings.modules')}</Tabs.Tab>
          <Tabs.Tab value="sites">{words.text('settings.sites')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="appearance">
          <Appearance />
        </Tabs.Panel>
        <Tabs.Panel value="modules">
          <Modules />
        </Tabs.Panel>
        <Tabs.Panel value="sites">
          <Sites />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
