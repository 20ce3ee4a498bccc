// This site held against another by what a person carries from one screen to the other: no site need be reachable for it.
import { Alert, Badge, Button, CopyButton, Group, Stack, Table, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { compared, readDigest, writeDigest, type Likeness } from './sites';

const COLOURS: Record<Likeness, string> = { alike: 'teal', behind: 'yellow', apart: 'red' };

export function OtherSite({ site }: { site: string }) {
  const words = useWords();
  const digest = useQuery({ queryKey: ['digest'], queryFn: () => answer(api.GET('/api/v1/digest')), gcTime: 0, staleTime: 0 });
  const [typed, setTyped] = useState('');
  const other = typed.trim() === '' ? undefined : readDigest(typed.trim());
  const all = digest.data && other ? compared({ ...digest.data, site }, other) : [];
  if (digest.error) return <ProblemAlert error={digest.error} />;
  return (
    <Stack gap="xs">
      <Text size="sm">{words.text('repair.sites.what')}</Text>
      <Group>
        <CopyButton value={digest.data ? writeDigest({ site, ...digest.data }) : ''}>
          {({ copied, copy }) => (
            <Button size="compact-sm" variant="default" onClick={copy} disabled={!digest.data}>
              {words.text(copied ? 'problem.copied' : 'repair.sites.copy')}
            </Button>
          )}
        </CopyButton>
        <Button size="compact-sm" variant="subtle" onClick={() => void digest.refetch()} loading={digest.isFetching}>
          {words.text('repair.again')}
        </Button>
      </Group>
      <Textarea
        label={words.text('repair.sites.other')}
        description={words.text('repair.sites.other.what')}
        autosize
        minRows={2}
        maxRows={4}
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        {...(typed.trim() !== '' && !other ? { error: words.text('repair.sites.unreadable') } : {})}
      />
      {other?.site === site ? (
        <Text size="sm" role="status">
          {words.text('repair.sites.self')}
        </Text>
      ) : null}
      {all.length > 0 && other?.site !== site ? (
        <>
          <Table aria-label={words.text('repair.sites.title')}>
            <Table.Tbody>
              {all.map(({ scope, likeness }) => (
                <Table.Tr key={scope}>
                  <Table.Td>{words.scope(scope)}</Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={COLOURS[likeness]}>
                      {words.text(`repair.sites.${likeness}`)}
                    </Badge>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Alert variant="light" role="status" color={COLOURS[all[0]?.likeness ?? 'alike']}>
            {words.text(`repair.sites.do.${all[0]?.likeness ?? 'alike'}`)}
          </Alert>
        </>
      ) : null}
      {other && all.length === 0 ? (
        <Text size="sm" role="status">
          {words.text('repair.sites.nothing')}
        </Text>
      ) : null}
    </Stack>
  );
}
