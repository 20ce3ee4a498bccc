// The organisation's own fields of one kind of record: what there is, in the order of the form, and making, changing, retiring one.
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { paths, PlaceLink, schemaQuery, useGo, useWords, type ListedRecord } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { Retire, Standing } from './Definitions';
import { KindChoice, useChosenKind } from './KindChoice';
import { inOrder, labelOf, textOf, useDefinitions } from './useDefinitions';

const COLUMNS = ['key', 'type', 'label_en', 'label_fr', 'listed', 'filterable', 'required', 'order'];
const MARKS = ['listed', 'filterable', 'required'] as const;

export function OwnFields() {
  const words = useWords();
  const go = useGo();
  const [kind, choose] = useChosenKind();
  const own = useDefinitions('custom-field', kind, COLUMNS, true);
  const schema = useQuery(schemaQuery('custom-field', words.intl.locale));
  const type = schema.data?.fields.find((field) => field.path === 'type');
  const named = (record: ListedRecord) => labelOf(record, words.intl.locale);
  const records = own.records.toSorted(
    (one, other) => Number(one.archived) - Number(other.archived) || inOrder(one, other),
  );
  return (
    <Stack>
      <Text size="sm">{words.text(own.isHeadquarters ? 'fields.what' : 'settings.elsewhere')}</Text>
      <Group justify="space-between" align="end">
        <KindChoice kind={kind} choose={choose} />
        {own.isHeadquarters ? (
          <Button onClick={() => go(paths.create('custom-field', [['kind', kind]]))}>{words.text('fields.new')}</Button>
        ) : null}
      </Group>
      <Standing own={own} none={words.text('fields.none')} />
      {records.length > 0 ? (
        <Table.ScrollContainer minWidth={560}>
          <Table aria-label={words.text('settings.fields')}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('views.name')}</Table.Th>
                <Table.Th>{words.text('fields.key')}</Table.Th>
                <Table.Th>{words.text('fields.type')}</Table.Th>
                <Table.Th>{words.text('fields.marks')}</Table.Th>
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {records.map((record) => (
                <Table.Tr key={record.id}>
                  <Table.Td>
                    <PlaceLink to={paths.record('custom-field', record.id)}>
                      <bdi>{named(record)}</bdi>
                    </PlaceLink>
                  </Table.Td>
                  <Table.Td>{textOf(record, 'key')}</Table.Td>
                  <Table.Td>{type ? words.choice(type, textOf(record, 'type')) : textOf(record, 'type')}</Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {record.archived ? <Badge color="gray">{words.text('fields.retired')}</Badge> : null}
                      {MARKS.filter((mark) => record.fields[mark] === true && !record.archived).map((mark) => (
                        <Badge key={mark} variant="light">
                          {words.text(`fields.mark.${mark}`)}
                        </Badge>
                      ))}
                    </Group>
                  </Table.Td>
                  <Table.Td ta="end">
                    {own.isHeadquarters ? <Retire own={own} record={record} name={named(record)} /> : null}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      ) : null}
    </Stack>
  );
}
