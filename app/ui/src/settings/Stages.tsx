// The steps that records go through, in their order: made, named, coloured, moved, taken out of use.
import { ActionIcon, Badge, Button, ColorSwatch, Group, Stack, Table, Text } from '@mantine/core';
import { paths, PlaceLink, useGo, useWords, type ListedRecord } from '@comptoir/kit';
import { Retire, Standing } from './Definitions';
import { inOrder, labelOf, placeOf, textOf, useDefinitions } from './useDefinitions';

/** The kind that goes through stages. */
const OF = 'party';
const COLUMNS = ['key', 'label_en', 'label_fr', 'order', 'colour', 'closed'];

export function Stages() {
  const words = useWords();
  const go = useGo();
  const own = useDefinitions('stage', OF, COLUMNS, true);
  const named = (record: ListedRecord) => labelOf(record, words.intl.locale);
  const live = own.records.filter((record) => !record.archived).sort(inOrder);
  const away = own.records.filter((record) => record.archived).sort(inOrder);
  /** Puts one at another place; only those whose number changes are written. */
  const move = async (from: number, to: number) => {
    const moved = live.toSpliced(from, 1);
    const [record] = live.slice(from, from + 1);
    if (!record) return;
    moved.splice(to, 0, record);
    for (const [at, record] of moved.entries()) {
      if (placeOf(record) !== at + 1 && !(await own.change(record.id, { set: { order: at + 1 } }, ''))) return;
    }
  };
  const row = (record: ListedRecord, at: number) => (
    <Table.Tr key={record.id}>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <ColorSwatch size={16} color={textOf(record, 'colour') || 'transparent'} aria-hidden />
          <PlaceLink to={paths.record('stage', record.id)}>
            <bdi>{named(record)}</bdi>
          </PlaceLink>
        </Group>
      </Table.Td>
      <Table.Td>{textOf(record, 'key')}</Table.Td>
      <Table.Td>
        <Group gap={4}>
          {record.archived ? <Badge color="gray">{words.text('fields.retired')}</Badge> : null}
          {record.fields.closed === true ? <Badge variant="light">{words.text('stages.closed')}</Badge> : null}
        </Group>
      </Table.Td>
      <Table.Td>
        {own.isHeadquarters ? (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            {record.archived ? null : (
              <>
                <ActionIcon variant="default" size="sm" disabled={at === 0} aria-label={words.text('stages.up', { name: named(record) })} onClick={() => void move(at, at - 1)}>
                  ↑
                </ActionIcon>
                <ActionIcon variant="default" size="sm" disabled={at === live.length - 1} aria-label={words.text('stages.down', { name: named(record) })} onClick={() => void move(at, at + 1)}>
                  ↓
                </ActionIcon>
              </>
            )}
            <Retire own={own} record={record} name={named(record)} />
          </Group>
        ) : null}
      </Table.Td>
    </Table.Tr>
  );
  return (
    <Stack>
      <Text size="sm">{words.text(own.isHeadquarters ? 'stages.what' : 'settings.elsewhere')}</Text>
      {own.isHeadquarters ? (
        <Button w="fit-content" onClick={() => go(paths.create('stage', [['kind', OF], ['order', String(live.length + 1)]]))}>
          {words.text('stages.new')}
        </Button>
      ) : null}
      <Standing own={own} none={words.text('stages.none')} />
      {own.records.length > 0 ? (
        <Table.ScrollContainer minWidth={480}>
          <Table aria-label={words.text('settings.stages')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('views.name')}</Table.Th>
                <Table.Th>{words.text('fields.key')}</Table.Th>
                <Table.Th>{words.text('fields.marks')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>{[...live, ...away].map(row)}</Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}
