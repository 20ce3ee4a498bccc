// A table of lines within a record. Enter goes down, and makes a line at the end; Tab goes on, and makes one behind a last line
// that says something. Owns its rows' drawing and keys; what is typed belongs to the draft.
import { ActionIcon, Button, Group, Title } from '@mantine/core';
import { useId, useRef, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import type { Scalar } from '../api/client';
import type { RecordShown } from '../api/types';
import { FieldInput } from '../field/FieldInput';
import type { Lines } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import { isBlank } from './draft';
import classes from './RecordForm.module.css';
import type { DraftInHand } from './useDraft';

export interface LinesTableProps {
  lines: Lines;
  record: RecordShown | undefined;
  hand: DraftInHand;
  errors: Record<string, string>;
  changedUnder: ReadonlySet<string>;
  readOnly: boolean;
  heading: boolean;
}

interface Row {
  key: string;
  isNew: boolean;
  isArchived: boolean;
  value: (name: string) => Scalar;
}

export function LinesTable({ lines, record, hand, errors, changedUnder, readOnly, heading }: LinesTableProps) {
  const words = useWords();
  const body = useRef<HTMLTableSectionElement>(null);
  const id = useId();
  const { draft } = hand;
  const stored: Row[] = (record?.lines[lines.list] ?? []).map((line) => {
    const at = (name: string) => `${lines.list}.${line.key}.${name}`;
    const value = (name: string): Scalar => {
      const path = at(name);
      return path in draft.set ? (draft.set[path] ?? null) : (line[name] ?? null);
    };
    return { key: line.key, isNew: false, isArchived: value('archived') === true, value };
  });
  const added: Row[] = draft.add
    .filter((line) => line.list === lines.list)
    .map((line) => ({ key: line.key, isNew: true, isArchived: false, value: (name) => line.fields[name] ?? null }));
  const rows = [...stored, ...added];
  const title = words.lines(lines);

  const focus = (row: number, column: number) => {
    const cell = body.current?.querySelector<HTMLElement>(`[data-cell="${row}:${column}"]`);
    cell?.querySelector<HTMLElement>('input, textarea, button')?.focus();
  };
  const add = (column = 0) => {
    // Drawn before the next key comes: whoever types fast would put a letter into the line before.
    flushSync(() => hand.addLine(lines.list));
    focus(rows.length, column);
  };
  const isLastBlank = () => {
    const last = draft.add.filter((line) => line.list === lines.list).at(-1);
    return last !== undefined && isBlank(last);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>, row: number, column: number) => {
    if (readOnly) return;
    const target = event.target as HTMLElement;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey) {
      // An open list of choices takes Enter for itself.
      if (target.getAttribute('aria-expanded') === 'true') return;
      event.preventDefault();
      if (row + 1 < rows.length) focus(row + 1, column);
      else if (!isLastBlank()) add(column);
    } else if (event.key === 'Tab' && !event.shiftKey && row === rows.length - 1 && column === lines.fields.length - 1) {
      if (!isLastBlank()) {
        event.preventDefault();
        add();
      }
    }
  };
  return (
    <div data-lines={lines.list}>
      {heading ? (
        <Title order={2} size="sm" mt="sm" mb={4} id={id}>
          {title}
        </Title>
      ) : null}
      {rows.length > 0 ? (
        <div className={classes.scroll}>
          <table className={classes.table} aria-label={title}>
            <thead>
              <tr>
                {lines.fields.map((field) => (
                  <th key={field.path} scope="col">
                    {words.field(field)}
                    {field.required ? ' *' : ''}
                  </th>
                ))}
                <th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody ref={body}>
              {rows.map((row, at) => (
                <tr key={row.key} data-archived={row.isArchived || undefined}>
                  {lines.fields.map((field, column) => {
                    const path = `${lines.list}.${row.key}.${field.path}`;
                    return (
                      <td key={field.path} data-cell={`${at}:${column}`} data-field={path} data-changed={changedUnder.has(path) || undefined}>
                        <FieldInput
                          field={field}
                          value={row.value(field.path)}
                          change={(value) =>
                            row.isNew ? hand.editLine(row.key, field.path, value) : hand.edit(path, value)
                          }
                          error={errors[path]}
                          bare
                          readOnly={readOnly || row.isArchived || (field.fixed === true && !row.isNew)}
                          onKeyDown={(event) => onKeyDown(event, at, column)}
                        />
                      </td>
                    );
                  })}
                  <td>
                    {readOnly ? null : (
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        mt={3}
                        aria-label={words.text(row.isNew ? 'record.line.remove' : row.isArchived ? 'record.line.restore' : 'record.line.archive', { number: at + 1 })}
                        onClick={() =>
                          row.isNew ? hand.removeLine(row.key) : hand.edit(`${lines.list}.${row.key}.archived`, !row.isArchived)
                        }
                      >
                        {row.isArchived ? '↩' : '×'}
                      </ActionIcon>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {readOnly ? null : (
        <Group mt={4}>
          <Button size="compact-sm" variant="subtle" onClick={() => add()}>
            {words.text('record.line.add', { list: title })}
          </Button>
        </Group>
      )}
    </div>
  );
}
