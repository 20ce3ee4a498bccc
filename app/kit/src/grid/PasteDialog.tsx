// A table that is pasted into a list: which cells it would change, shown before anything is written; then written record by
// record, with what was refused told by row. Owns the plan and its writing.
import { Button, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Scalar } from '../api/client';
import { keys } from '../api/queries';
import { changeRecord } from '../api/records';
import type { ListedRecord } from '../api/types';
import { plainAmount, plainNumber } from '../format/numbers';
import type { Field } from '../schema/kindSchema';
import { asProblem } from '../problem/ProblemAlert';
import { Dialog } from '../place/Dialog';
import { useWords, type Words } from '../words/useWords';
import { cellText } from './cellText';
import { fromClipboard } from './clipboard';
import type { Column } from './listQuery';

export interface PastePlan {
  rows: { record: ListedRecord; cells: { column: Column; value: string }[] }[];
  /** Rows and columns of the pasted table that found no place. */
  beyond: number;
}

/** Lays a pasted table over rows and columns; cells of lines and of what the program keeps itself take nothing. */
export function planPaste(targets: { record: ListedRecord; columns: Column[] }[], text: string, locale: string): PastePlan {
  const table = fromClipboard(text);
  const rows = table.slice(0, targets.length).flatMap((cells, at) => {
    const target = targets[at];
    if (!target) return [];
    const changed = cells.flatMap((cell, place) => {
      const column = target.columns[place];
      if (!column || !isOwn(column, target.record)) return [];
      return [{ column, value: plain(column.field, cell, locale) }];
    });
    return [{ record: target.record, cells: changed }];
  });
  return { rows, beyond: Math.max(0, table.length - targets.length) };
}

const isOwn = (column: Column, record: ListedRecord) =>
  column.path === column.field.path && !Array.isArray(record.fields[column.path]) && column.field.widget !== 'computed' &&
  !['city', 'country', 'street', 'postcode', 'subdivision', 'recipient', 'use'].includes(column.path);

function plain(field: Field, cell: string, locale: string): string {
  const text = cell.trim();
  if (field.kind === 'money') return plainAmount(text, locale);
  if (field.kind === 'int' || field.kind === 'decimal') return plainNumber(text, locale);
  return text;
}

/** Yes and no, choices by their names as well as by their values. */
function meant(words: Words, field: Field, value: string): Scalar {
  if (field.kind === 'bool') return /^(true|vrai|yes|oui|1|x|✓)$/i.test(value);
  const named = field.choices.find((choice) => words.choice(field, choice).toLowerCase() === value.toLowerCase());
  return named ?? value;
}

export function PasteDialog({ kind, plan, close }: { kind: string; plan: PastePlan; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const [done, setDone] = useState<number>();
  const [refused, setRefused] = useState<{ title: string; why: string }[]>([]);
  const cells = plan.rows.reduce((sum, row) => sum + row.cells.length, 0);
  const finished = done === plan.rows.length;
  const write = async () => {
    const wrong: { title: string; why: string }[] = [];
    for (const [at, row] of plan.rows.entries()) {
      setDone(at);
      if (row.cells.length === 0) continue;
      const set = Object.fromEntries(row.cells.map((cell) => [cell.column.path, meant(words, cell.column.field, cell.value)]));
      try {
        await changeRecord(kind, row.record.id, { set });
      } catch (error) {
        wrong.push({ title: row.record.title, why: words.problem(asProblem(error).code) });
      }
    }
    setRefused(wrong);
    setDone(plan.rows.length);
    void client.invalidateQueries({ queryKey: keys.list(kind) });
    if (wrong.length === 0) close();
  };
  return (
    <Dialog size="lg" title={words.text('paste.title')} close={close}>
      <Stack>
        <Text size="sm">{words.text('paste.what', { cells, records: plan.rows.length })}</Text>
        {plan.beyond > 0 ? <Text size="sm">{words.text('paste.beyond', { count: plan.beyond })}</Text> : null}
        <Table fz="sm">
          <Table.Tbody>
            {plan.rows.slice(0, 8).map((row) => (
              <Table.Tr key={row.record.id}>
                <Table.Td>
                  <bdi>{row.record.title}</bdi>
                </Table.Td>
                <Table.Td>
                  {row.cells.map((cell) => (
                    <Text size="sm" key={cell.column.path}>
                      {words.text('label', { name: words.field(cell.column.field) })} <s>{cellText(words, cell.column, row.record)}</s> → <bdi>{cell.value || words.text('record.nothing')}</bdi>
                    </Text>
                  ))}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {done !== undefined && !finished ? (
          <Progress value={(100 * done) / plan.rows.length} aria-label={words.text('paste.title')} />
        ) : null}
        {refused.map((one) => (
          <Text size="sm" c="red" key={one.title}>
            <bdi>{one.title}</bdi>: {one.why}
          </Text>
        ))}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {words.text(finished ? 'action.close' : 'action.cancel')}
          </Button>
          {finished ? null : (
            <Button data-autofocus disabled={cells === 0} loading={done !== undefined} onClick={() => void write()}>
              {words.text('paste.do')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
