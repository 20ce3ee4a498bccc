// Settings, in parts.
import { Stack, Tabs, Title } from '@mantine/core';
import { useGo, useWords } from '@comptoir/kit';
import { Accounts } from './Accounts';
import { Appearance } from './Appearance';
import { DemoData } from './DemoData';
import { Modules } from './Modules';
import { Names } from './Names';
import { Network } from './Network';
import { OwnFields } from './OwnFields';
import { Residency } from './Residency';
import { RosterKeys } from './RosterKeys';
import { Sites } from './Sites';
import { Stages } from './Stages';

/** The parts, in the order of their tabs. */
export const PARTS = ['appearance', 'modules', 'fields', 'names', 'stages', 'sites', 'residency', 'accounts', 'keys', 'network', 'demo'] as const;
type Part = (typeof PARTS)[number];

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
          {PARTS.map((part) => (
            <Tabs.Tab key={part} value={part}>
              {words.text(`settings.${part}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {PARTS.map((part) => (
          <Tabs.Panel key={part} value={part}>
            {shown(part)}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function shown(part: Part) {
  switch (part) {
    case 'appearance':
      return <Appearance />;
    case 'modules':
      return <Modules />;
    case 'fields':
      return <OwnFields />;
    case 'names':
      return <Names />;
    case 'stages':
      return <Stages />;
    case 'sites':
      return <Sites />;
    case 'residency':
      return <Residency />;
    case 'accounts':
      return <Accounts />;
    case 'keys':
      return <RosterKeys />;
    case 'network':
      return <Network />;
    case 'demo':
      return <DemoData withLinks />;
  }
}
