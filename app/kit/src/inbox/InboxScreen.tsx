// The inbox: work made of broken expectations, by what it is. Owns the choice of what is shown.
import { Loader, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { inboxQuery } from '../api/queries';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { ItemCard } from './ItemCard';

const DRAWN = 40;

export function InboxScreen() {
  const words = useWords();
  const inbox = useQuery(inboxQuery);
  const [only, setOnly] = useState('');
  const items = inbox.data ?? [];
  const kinds = [...new Set(items.map((item) => item.kind))];
  const shown = items.filter((item) => only === '' || item.kind === only);
  return (
    <Stack gap="md" maw={860}>
      <Title order={1} size="h3" tabIndex={-1}>
        {words.text('inbox.title')}
      </Title>
      {inbox.error ? <ProblemAlert error={inbox.error} /> : null}
      {inbox.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {kinds.length > 1 ? (
        <SegmentedControl
          size="sm"
          w="fit-content"
          maw="100%"
          style={{ overflowX: 'auto' }}
          value={only}
          onChange={setOnly}
          data={[{ value: '', label: `${words.text('inbox.all')} (${items.length})` }, ...kinds.map((kind) => ({ value: kind, label: `${words.item(kind)} (${items.filter((item) => item.kind === kind).length})` }))]}
        />
      ) : null}
      {inbox.data?.length === 0 ? <Text>{words.text('inbox.empty')}</Text> : null}
      {shown.slice(0, DRAWN).map((item) => (
        <ItemCard key={item.id} item={item} />
      ))}
      {shown.length > DRAWN ? <Text size="sm">{words.text('inbox.further', { count: shown.length - DRAWN })}</Text> : null}
    </Stack>
  );
}
