// Tokens for scripts: which there are, and revoking one. Making one is beside it; what a token lets do is its account's roles'.
import { Badge, Button, Card, Stack, Table, Text, Title } from '@mantine/core';
import { answer, api, Ask, formatDay, keys, ProblemAlert, tokensQuery, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { NewToken } from './NewToken';

type Token = Schemas['TokenShown'];

export function Tokens({ keeps }: { keeps: boolean }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const tokens = useQuery(tokensQuery);
  const [asking, setAsking] = useState<Token>();
  const revoke = async ({ id, label }: Token) => {
    try {
      await answer(api.POST('/api/v1/staff/tokens/{id}/revoke', { params: { path: { id } } }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.tokens });
    }
    setAsking(undefined);
    toasts.say(words.text('tokens.revoked', { label }));
  };
  if (tokens.error) return <ProblemAlert error={tokens.error} />;
  if (!tokens.data || (tokens.data.length === 0 && !keeps)) return null;
  return (
    <Card withBorder component="section" aria-labelledby="tokens">
      <Title order={2} size="h5" id="tokens" mb="xs">
        {words.text('tokens.title')}
      </Title>
      <Stack>
        <Text size="sm">{words.text('tokens.what')}</Text>
        {tokens.data.length === 0 ? null : (
          <Table.ScrollContainer minWidth={560}>
            <Table aria-label={words.text('tokens.title')}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.text('tokens.label')}</Table.Th>
                  <Table.Th>{words.text('tokens.account')}</Table.Th>
                  <Table.Th>{words.text('tokens.used')}</Table.Th>
                  <Table.Th>{words.text('tokens.until')}</Table.Th>
                  <Table.Th>{words.text('staff.state')}</Table.Th>
                  {keeps ? (
                    <Table.Th>
                      <span className="visually-hidden">{words.text('record.line.actions')}</span>
                    </Table.Th>
                  ) : null}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {tokens.data.map((token) => (
                  <Table.Tr key={token.id}>
                    <Table.Td>
                      <bdi>{token.label}</bdi>
                    </Table.Td>
                    <Table.Td>{token.account}</Table.Td>
                    <Table.Td>{token.used == null ? words.text('tokens.never') : words.moment(token.used)}</Table.Td>
                    <Table.Td>{token.until == null ? words.text('tokens.endless') : formatDay(words.intl, token.until)}</Table.Td>
                    <Table.Td>
                      <Badge variant="light" color={token.state === 'good' ? 'teal' : 'gray'}>
                        {words.text(`tokens.state.${token.state}`)}
                      </Badge>
                    </Table.Td>
                    {keeps ? (
                      <Table.Td ta="end">
                        <Button size="compact-sm" variant="light" aria-label={words.text('tokens.revoke', { label: token.label })} onClick={() => setAsking(token)}>
                          {words.text('tokens.revoke.do')}
                        </Button>
                      </Table.Td>
                    ) : null}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {keeps ? <NewToken /> : null}
      </Stack>
      {asking ? (
        <Ask title={words.text('tokens.revoke', { label: asking.label })} yes={words.text('tokens.revoke.do')} act={() => revoke(asking)} close={() => setAsking(undefined)}>
          <Text size="sm">{words.text('tokens.revoke.what')}</Text>
        </Ask>
      ) : null}
    </Card>
  );
}
