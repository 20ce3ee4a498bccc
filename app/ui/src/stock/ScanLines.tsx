// The lines that were scanned, with how many; what scanning cannot say (what a line cost) is typed here. Enter goes back to the
// scanner's field. Owns the drawing; what is typed is the draft's.
import { ActionIcon, Table, Text } from '@mantine/core';
import { compareNumbers, FieldInput, schemaQuery, sumOf, useWords, type AddedLine, type DraftInHand, type Field } from '@comptoir/kit';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { KeyboardEvent, Ref } from 'react';
import { onHandQuery } from './queries';
import { textOf, wanted } from './tally';
import classes from './stock.module.css';

interface ScanLinesProps {
  ref: Ref<HTMLTableElement>;
  lines: AddedLine[];
  hand: DraftInHand;
  enters: boolean;
  location: string;
  /** The key of the line that was refused. */
  wrong: string | undefined;
  leave: () => void;
}

/** What lies at the location of each item that is taken from it. */
function useThere(lines: AddedLine[], location: string, enters: boolean): Map<string, string> {
  const items = enters || location === '' ? [] : [...new Set(lines.map((line) => textOf(line, 'item')))];
  const found = useQueries({ queries: items.map((item) => onHandQuery(item, { location })) });
  return new Map(items.flatMap((item, at) => {
    const there = found[at]?.data;
    return there ? [[item, sumOf(...there.places.map((place) => place.quantity))] as const] : [];
  }));
}

export function ScanLines({ ref, lines, hand, enters, location, wrong, leave }: ScanLinesProps) {
  const words = useWords();
  const schema = useQuery(schemaQuery('move', words.intl.locale));
  const fields = schema.data?.lines.find((lines) => lines.list === 'lines')?.fields ?? [];
  const there = useThere(lines, location, enters);
  const field = (name: string): Field | undefined => fields.find((field) => field.path === name);
  const has = (name: string) => lines.some((line) => textOf(line, name) !== '' || wanted(line, enters) === name);
  const follows = (['lot', 'serial', 'expiry'] as const).filter(has);
  if (lines.length === 0) return null;
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Enter' || event.ctrlKey || (event.target as HTMLElement).tagName !== 'INPUT') return;
    event.preventDefault();
    leave();
  };
  const input = (line: AddedLine, name: string) => {
    const of = field(name);
    return of ? <FieldInput field={of} value={line.fields[name]} change={(value) => hand.editLine(line.key, name, value)} bare /> : null;
  };
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table ref={ref} verticalSpacing={4} aria-label={words.lines({ list: 'lines', group: '', order: 0, fields: [] })} onKeyDown={onKeyDown}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('stock.line')}</Table.Th>
            <Table.Th>{words.text('stock.item')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.quantity')}</Table.Th>
            <Table.Th>{words.text('stock.unit')}</Table.Th>
            {enters ? null : <Table.Th ta="end">{words.text('stock.there')}</Table.Th>}
            {follows.map((name) => (
              <Table.Th key={name}>{field(name) ? words.field(field(name) as Field) : name}</Table.Th>
            ))}
            {enters ? <Table.Th ta="end">{field('cost') ? words.field(field('cost') as Field) : ''}</Table.Th> : null}
            <Table.Th>
              <span className="visually-hidden">{words.text('record.line.actions')}</span>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line, at) => {
            const lies = there.get(textOf(line, 'item'));
            const short = lies !== undefined && compareNumbers(lies, textOf(line, 'quantity')) < 0;
            return (
              <Table.Tr key={line.key} className={classes.line} data-wrong={line.key === wrong || undefined} data-line={textOf(line, 'sku')}>
                <Table.Td>{at + 1}</Table.Td>
                <Table.Td>
                  <Text size="sm" fw={600} dir="auto">
                    {textOf(line, 'name')}
                  </Text>
                  <Text size="xs" c="dimmed" dir="auto">
                    {textOf(line, 'sku')}
                  </Text>
                </Table.Td>
                <Table.Td w={120}>
                  {textOf(line, 'tracking') === 'serial' ? <Text size="sm" ta="end" pe="sm">{words.decimal(textOf(line, 'quantity'))}</Text> : input(line, 'quantity')}
                </Table.Td>
                <Table.Td>{textOf(line, 'unit')}</Table.Td>
                {enters ? null : (
                  <Table.Td ta="end" className={classes.number}>
                    {lies === undefined ? '' : words.decimal(lies)}
                    {short ? (
                      <Text size="xs" c="var(--mantine-color-error)">
                        {words.text('stock.short')}
                      </Text>
                    ) : null}
                  </Table.Td>
                )}
                {follows.map((name) => (
                  <Table.Td key={name} w={name === 'expiry' ? 160 : 150}>
                    {applies(line, name) ? (
                      <>
                        {input(line, name)}
                        {wanted(line, enters) === name ? (
                          <Text size="xs" c="var(--mantine-color-error)">
                            {words.text('stock.lacking')}
                          </Text>
                        ) : null}
                      </>
                    ) : null}
                  </Table.Td>
                ))}
                {enters ? <Table.Td w={140}>{input(line, 'cost')}</Table.Td> : null}
                <Table.Td w={44}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={words.text('record.line.remove', { number: at + 1 })}
                    onClick={() => {
                      hand.removeLine(line.key);
                      leave();
                    }}
                  >
                    ×
                  </ActionIcon>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Lots have lots, pieces their number, and what expires its date. */
function applies(line: AddedLine, name: 'lot' | 'serial' | 'expiry'): boolean {
  const tracking = textOf(line, 'tracking');
  return name === 'expiry' ? line.fields.expires === true : tracking === name;
}
