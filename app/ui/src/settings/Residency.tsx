// The residency map: who holds what, and where it may go. Headquarters defines scopes, lets sites in and out of one and confines it to the law of some
// countries.
import { Button, Group, Stack, Table, Text } from '@mantine/core';
import { organisationQuery, ProblemAlert, regionName, useWords, type Schemas, type Words } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Holders } from './Holders';
import { Confine, Define, Membership, Rotate } from './ScopeActs';

type Scope = Schemas['ScopeShown'];

export function Residency() {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const [asking, setAsking] = useState<Scope>();
  const [opening, setOpening] = useState<Scope>();
  const [renewing, setRenewing] = useState<Scope>();
  const [defining, setDefining] = useState(false);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  return (
    <Stack>
      <Text size="sm">{words.text('residency.what')}</Text>
      {organisation.error ? <ProblemAlert error={organisation.error} /> : null}
      <Table.ScrollContainer minWidth={760} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('residency.scope')}</Table.Th>
              <Table.Th>{words.text('residency.holders')}</Table.Th>
              <Table.Th>{words.text('residency.relays')}</Table.Th>
              <Table.Th>{words.text('residency.confined')}</Table.Th>
              {isHeadquarters ? (
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              ) : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {organisation.data?.scopes.map((scope) => (
              <Table.Tr key={scope.id}>
                <Table.Td>{words.scope(scope.name)}</Table.Td>
                <Table.Td>
                  <Holders scope={scope} />
                </Table.Td>
                <Table.Td>{carriers(words, scope)}</Table.Td>
                <Table.Td>{laws(words, scope)}</Table.Td>
                {isHeadquarters ? (
                  <Table.Td ta="end">
                    <Button size="compact-sm" variant="light" mr="xs" aria-label={`${words.text('residency.members')}: ${words.scope(scope.name)}`} onClick={() => setOpening(scope)}>
                      {words.text('residency.members')}
                    </Button>
                    <Button size="compact-sm" variant="light" mr="xs" aria-label={`${words.text('residency.rotate')}: ${words.scope(scope.name)}`} onClick={() => setRenewing(scope)}>
                      {words.text('residency.rotate')}
                    </Button>
                    <Button size="compact-sm" variant="light" aria-label={`${words.text('residency.confine')}: ${words.scope(scope.name)}`} onClick={() => setAsking(scope)}>
                      {words.text('residency.confine')}
                    </Button>
                  </Table.Td>
                ) : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {isHeadquarters ? (
        <Group>
          <Button size="sm" variant="light" onClick={() => setDefining(true)}>
            {words.text('residency.define')}
          </Button>
        </Group>
      ) : (
        <Text size="sm">{words.text('residency.elsewhere')}</Text>
      )}
      {defining ? <Define sites={organisation.data?.sites ?? []} close={() => setDefining(false)} /> : null}
      {opening ? <Membership scope={opening} sites={organisation.data?.sites ?? []} close={() => setOpening(undefined)} /> : null}
      {renewing ? <Rotate scope={renewing} close={() => setRenewing(undefined)} /> : null}
      {asking ? <Confine scope={asking} laws={organisation.data?.sites.map((site) => site.jurisdiction) ?? []} close={() => setAsking(undefined)} /> : null}
    </Stack>
  );
}

const carriers = (words: Words, scope: Scope): string => (scope.relays.length === 0 ? words.text('residency.none') : scope.relays.join(', '));

const laws = (words: Words, scope: Scope): string =>
  scope.jurisdictions.length === 0 ? words.text('residency.everywhere') : scope.jurisdictions.map((law) => regionName(words.intl, law)).join(', ');
