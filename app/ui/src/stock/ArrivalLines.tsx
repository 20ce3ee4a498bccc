// What was sent, line by line, beside what was counted of it; damaged goods and costs are typed here. Owns the drawing; what is
// counted is the draft's.
import { Table, Text } from '@mantine/core';
import { compareNumbers, FieldInput, madeColumn, organisationQuery, useWords, type DraftInHand } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent, Ref } from 'react';
import { lacking, saidOf } from './arrival';
import type { Transfer } from './queries';
import classes from './stock.module.css';
import { ItemOfLine } from './TransferScreen';

interface ArrivalLinesProps {
  ref: Ref<HTMLTableElement>;
  transfer: Transfer;
  hand: DraftInHand;
  leave: () => void;
}

export function ArrivalLines({ ref, transfer, hand, leave }: ArrivalLinesProps) {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const said = hand.draft.set;
  const currency = organisation.data?.sites.find((site) => site.here)?.currency ?? '';
  // Where the other site counts in our currency, the goods cost here what they cost there.
  const otherCurrency = currency !== '' && transfer.lines.some((line) => line.value !== '' && !line.value.endsWith(` ${currency}`));
  const fields = {
    whole: madeColumn('whole', 'decimal', words.text('stock.arrived')).field,
    damaged: madeColumn('damaged', 'decimal', words.text('stock.damaged')).field,
    cost: madeColumn('cost', 'money', words.text('stock.arrival.cost', { currency })).field,
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key !== 'Enter' || event.ctrlKey || (event.target as HTMLElement).tagName !== 'INPUT') return;
    event.preventDefault();
    leave();
  };
  return (
    <Table.ScrollContainer minWidth={620}>
      <Table ref={ref} verticalSpacing={4} aria-label={words.text('stock.lines')} onKeyDown={onKeyDown}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.text('stock.line')}</Table.Th>
            <Table.Th>{words.text('stock.item')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.sent')}</Table.Th>
            <Table.Th>{words.text('stock.unit')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.arrived')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.damaged')}</Table.Th>
            <Table.Th ta="end">{words.text('stock.missing')}</Table.Th>
            {otherCurrency ? <Table.Th ta="end">{words.text('stock.arrival.cost', { currency })}</Table.Th> : null}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {transfer.lines.map((line) => {
            const missing = lacking(line, said);
            const edit = (what: 'whole' | 'damaged' | 'cost') => (
              <FieldInput field={fields[what]} value={saidOf(said, what, line.line)} change={(value) => hand.edit(`${what}.${line.line}`, value)} bare />
            );
            return (
              <Table.Tr
                key={line.line}
                className={classes.line}
                data-line={line.item}
                data-full={compareNumbers(missing, '0') === 0 || undefined}
                data-wrong={compareNumbers(missing, '0') < 0 || undefined}
              >
                <Table.Td>{line.line}</Table.Td>
                <Table.Td>
                  <ItemOfLine line={line} />
                </Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  {words.decimal(line.sent)}
                </Table.Td>
                <Table.Td>{line.unit}</Table.Td>
                <Table.Td w={120}>{edit('whole')}</Table.Td>
                <Table.Td w={120}>{edit('damaged')}</Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  <Text size="sm" {...(compareNumbers(missing, '0') === 0 ? {} : { fw: 700, c: 'var(--mantine-color-error)' })}>
                    {words.decimal(missing)}
                  </Text>
                </Table.Td>
                {otherCurrency ? <Table.Td w={150}>{edit('cost')}</Table.Td> : null}
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
