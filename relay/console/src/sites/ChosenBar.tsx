// What is done about the sites that are chosen: how many they are, and each act with how many of them it concerns. Under the list, so that no row moves
// when the first is chosen.
import { Box, Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Site } from '../api/client';
import { requestsQuery } from '../api/queries';
import { useWords } from '../words/useWords';
import { ActDialog } from './ActDialog';
import { admitting, TOGETHER, type SiteAct } from './acts';
import { Refusals } from './Refusals';
import type { Refusal } from './together';
import type { Chosen } from './useChosen';

interface Asking {
  act: SiteAct;
  sites: Site[];
  others: number;
}

export function ChosenBar({ sites, choice }: { sites: Site[]; choice: Chosen }) {
  const words = useWords();
  const requests = useQuery(requestsQuery).data?.requests;
  const [asking, setAsking] = useState<Asking>();
  const [refusals, setRefusals] = useState<Refusal[]>([]);
  const refused = refusals.filter(({ site }) => choice.chosen.has(site));
  const said = [
    ...(sites.length > 0 ? [words.text('sites.chosen', { count: sites.length })] : []),
    ...(choice.gone > 0 ? [words.text('sites.chosen.gone', { count: choice.gone })] : []),
  ];
  return (
    <Box style={{ flexShrink: 0 }}>
      {refused.length > 0 && asking === undefined ? (
        <Box mt="sm" mah={220} style={{ overflowY: 'auto' }} role="group" aria-label={words.text('sites.refused', { count: refused.length })} tabIndex={0}>
          <Refusals refused={refused} />
        </Box>
      ) : null}
      <Group gap="xs" mt={said.length > 0 ? 'sm' : 0}>
        <Text size="sm" fw={600} role="status" me="xs">
          {said.join(' ')}
        </Text>
        {sites.length === 0
          ? null
          : TOGETHER.map((act) => {
              const concerned = admitting(act, sites, requests);
              return (
                <Button key={act} size="compact-sm" variant="default" disabled={concerned.length === 0} onClick={() => setAsking({ act, sites: concerned, others: sites.length - concerned.length })}>
                  {words.text(`sites.act.${act}`, { count: concerned.length })}
                </Button>
              );
            })}
        {sites.length === 0 ? null : (
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={() => {
              choice.choose(new Set());
              toList();
            }}
          >
            {words.text('sites.chosen.none')}
          </Button>
        )}
      </Group>
      {asking ? (
        <ActDialog
          {...asking}
          ended={({ done, refused }) => {
            choice.leave(done);
            setRefusals(refused);
            // What opened the dialog concerns none any more.
            if (refused.length === 0) toList();
          }}
          close={() => setAsking(undefined)}
        />
      ) : null}
    </Box>
  );
}

const toList = () => document.querySelector<HTMLElement>('[role=grid]')?.focus();
