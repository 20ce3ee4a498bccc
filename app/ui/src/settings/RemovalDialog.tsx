// Asks before a site is removed or let back: the cut as it would be made, log by log, and what follows from it.
import { List, Table, Text, TextInput } from '@mantine/core';
import { answer, api, Ask, keys, useToasts, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { consequences, cutOf, isConfirmed, type CutLine, type RemovalAct, type Site } from './removal';

const PATHS = {
  suspend: '/api/v1/sites/{code}/suspend',
  resume: '/api/v1/sites/{code}/resume',
  revoke: '/api/v1/sites/{code}/revoke',
  adopt: '/api/v1/sites/{code}/adopt',
} as const;

interface RemovalDialogProps {
  site: Site;
  act: RemovalAct;
  /** How it is done, where another asked for it. */
  put?: () => Promise<unknown>;
  close: () => void;
}

export function RemovalDialog({ site, act, put, close }: RemovalDialogProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [typed, setTyped] = useState('');
  const { code } = site;
  const lines = cutOf(site, act);
  const run = async () => {
    try {
      await (put ? put() : answer(api.POST(PATHS[act], { params: { path: { code } } })));
    } finally {
      for (const queryKey of [keys.sites, keys.organisation, keys.status]) void client.invalidateQueries({ queryKey });
    }
    close();
    toasts.say(words.text(`removal.done.${act}`, { site: code }));
  };
  return (
    <Ask
      title={words.text(`removal.title.${act}`, { site: code })}
      yes={words.text(`removal.do.${act}`)}
      act={run}
      close={close}
      size="lg"
      unready={!isConfirmed(act, code, typed)}
      hasField={act === 'revoke'}
    >
      <Text size="sm">{words.text(lines.length === 0 ? 'removal.cut.none' : 'removal.cut', { site: code })}</Text>
      {lines.length > 0 ? <Cut lines={lines} /> : null}
      <List size="sm" spacing={4}>
        {consequences(site, act).map((follows) => (
          <List.Item key={follows}>{words.text(`removal.follows.${follows}`, { site: code })}</List.Item>
        ))}
      </List>
      {act === 'revoke' ? (
        <TextInput
          size="sm"
          data-autofocus
          label={words.text('removal.confirm', { site: code })}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      ) : null}
    </Ask>
  );
}

function Cut({ lines }: { lines: CutLine[] }) {
  const words = useWords();
  return (
    <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('removal.cut.records')}</Table.Th>
            <Table.Th ta="end">{words.text('removal.cut.held')}</Table.Th>
            <Table.Th ta="end">{words.text('removal.cut.now')}</Table.Th>
            <Table.Th ta="end">{words.text('removal.cut.then')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(({ scope, history, held, now, then }) => (
            <Table.Tr key={`${scope}-${history ?? 0}`}>
              <Table.Td>{history === undefined ? words.scope(scope) : words.text('removal.cut.history', { scope: words.scope(scope), history })}</Table.Td>
              <Table.Td ta="end">{words.count(held)}</Table.Td>
              <Table.Td ta="end">{words.count(now)}</Table.Td>
              <Table.Td ta="end">{words.count(then)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
