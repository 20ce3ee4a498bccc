// Settings, in parts.
import { Stack, Tabs, Title } from '@mantine/core';
import { accountQuery, useGo, useWords, type Schemas } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { AccessLog } from './AccessLog';
import { Accounts } from './Accounts';
import { Appearance } from './Appearance';
import { DemoData } from './DemoData';
import { Modules } from './Modules';
import { Names } from './Names';
import { Network } from './Network';
import { OwnFields } from './OwnFields';
import { Residency } from './Residency';
import { Roles } from './Roles';
import { RosterKeys } from './RosterKeys';
import { Sites } from './Sites';
import { Stages } from './Stages';

/** The parts, in the order of their tabs. */
export const PARTS = ['appearance', 'modules', 'fields', 'names', 'stages', 'sites', 'residency', 'accounts', 'roles', 'access', 'keys', 'network', 'demo'] as const;
type Part = (typeof PARTS)[number];

/** Whether somebody gets to a part at all: what no role of theirs allows is not shown to them. */
export function isOpen(part: Part, account: Schemas['AccountShown'] | undefined): boolean {
  if (!account) return part === 'appearance';
  const sees = (module: string) => account.granted[module] !== undefined;
  switch (part) {
    case 'appearance':
    case 'accounts':
      return true;
    case 'modules':
    case 'fields':
    case 'names':
    case 'stages':
      return sees('customising');
    case 'roles':
    case 'access':
      return sees('staff');
    case 'sites':
      return Object.keys(account.granted).length > 0;
    case 'residency':
    case 'keys':
    case 'network':
    case 'demo':
      return account.everything;
  }
}

export function SettingsScreen({ part }: { part: string }) {
  const words = useWords();
  const go = useGo();
  const account = useQuery(accountQuery);
  const open = PARTS.filter((known) => known === part || isOpen(known, account.data));
  return (
    <Stack maw={900}>
      <Title order={1} size="h3">
        {words.text('settings.title')}
      </Title>
      <Tabs value={part} onChange={(chosen) => go(`/settings/${chosen ?? 'appearance'}`)} keepMounted={false}>
        <Tabs.List mb="md">
          {open.map((part) => (
            <Tabs.Tab key={part} value={part}>
              {words.text(`settings.${part}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {open.map((part) => (
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
    case 'roles':
      return <Roles />;
    case 'access':
      return <AccessLog />;
    case 'keys':
      return <RosterKeys />;
    case 'network':
      return <Network />;
    case 'demo':
      return <DemoData withLinks />;
  }
}
