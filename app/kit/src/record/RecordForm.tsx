// The one form of records, made from the schema: groups of fields, tables of lines, the organisation's own fields. Owns the
// layout, and where errors and others' changes are shown; saving is its parent's.
import { Button, Fieldset, Group, Text } from '@mantine/core';
import { memo, useCallback } from 'react';
import type { Scalar } from '../api/client';
import type { RecordShown } from '../api/types';
import { FieldInput } from '../field/FieldInput';
import { isTooLong, type Field, type KindSchema, type Lines } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import { alike, overtaken, valueAt } from './draft';
import { LinesTable } from './LinesTable';
import classes from './RecordForm.module.css';
import type { DraftInHand } from './useDraft';

export interface RecordFormProps {
  schema: KindSchema;
  record: RecordShown | undefined;
  hand: DraftInHand;
  /** What is wrong, by path. */
  errors: Record<string, string>;
  /** Paths that somebody else changed while the form was open. */
  changedUnder: ReadonlySet<string>;
  readOnly?: boolean;
}

interface Part {
  group: string;
  fields: Field[];
  lines: Lines[];
}

function parts(schema: KindSchema): Part[] {
  const all = new Map<string, Part>();
  const part = (group: string) => {
    const known = all.get(group) ?? { group, fields: [], lines: [] };
    all.set(group, known);
    return known;
  };
  const ordered = [...schema.fields.map((field) => ({ order: field.order, custom: field.isCustom, group: field.group })),
    ...schema.lines.map((lines) => ({ order: lines.order, custom: false, group: lines.group }))]
    .sort((one, other) => Number(one.custom) - Number(other.custom) || one.order - other.order);
  for (const { group } of ordered) part(group);
  for (const field of schema.fields) part(field.group).fields.push(field);
  for (const lines of schema.lines) part(lines.group).lines.push(lines);
  return [...all.values()];
}

export function RecordForm({ schema, record, hand, errors, changedUnder, readOnly = false }: RecordFormProps) {
  const words = useWords();
  const behind = new Set(record ? overtaken(hand.draft, record) : []);
  return (
    <>
      {parts(schema).map((part) => {
        const fields = part.fields.filter(
          (field) =>
            (field.widget !== 'computed' || record) &&
            // Where the organisation has no stages there is nothing to choose.
            (field.widget !== 'stage' || (field.stages?.length ?? 0) > 0 || !alike(initial(field, record), null)),
        );
        if (fields.length + part.lines.length === 0) return null;
        return (
          <Fieldset key={part.group} legend={words.group(part.group)} className={classes.part}>
            {fields.length > 0 ? (
              <div className={classes.fields}>
                {fields.map((field) => (
                  <FormField
                    key={field.path}
                    field={field}
                    value={hand.draft.set[field.path] ?? (field.path in hand.draft.set ? '' : initial(field, record))}
                    edit={hand.edit}
                    error={errors[field.path]}
                    theirs={behind.has(field.path) && record ? valueAt(record, field.path) : undefined}
                    takeTheirs={hand.drop}
                    changed={changedUnder.has(field.path)}
                    readOnly={readOnly}
                  />
                ))}
              </div>
            ) : null}
            {part.lines.map((lines) => (
              <LinesTable
                key={lines.list}
                lines={lines}
                record={record}
                hand={hand}
                errors={errors}
                changedUnder={changedUnder}
                readOnly={readOnly}
                // A group that is but one table needs no second heading.
                heading={part.lines.length + fields.length > 1}
              />
            ))}
          </Fieldset>
        );
      })}
    </>
  );
}

/** A choice of two that says nothing yet is what the node would make of it. */
function initial(field: Field, record: RecordShown | undefined): Scalar {
  return record ? valueAt(record, field.path) : (field.initial ?? null);
}

interface FormFieldProps {
  field: Field;
  value: Scalar;
  edit: (path: string, value: Scalar) => void;
  error: string | undefined;
  theirs: Scalar | undefined;
  takeTheirs: (path: string) => void;
  changed: boolean;
  readOnly: boolean;
}

const FormField = memo(function FormField(props: FormFieldProps) {
  const { field, value, edit, error, theirs, takeTheirs, changed, readOnly } = props;
  const words = useWords();
  const change = useCallback((value: Scalar) => edit(field.path, value), [edit, field.path]);
  return (
    <div className={classes.field} data-wide={field.widget === 'multiline' || undefined} data-changed={changed || undefined} data-field={field.path}>
      {/* What the node would refuse for its length is said while it is typed. */}
      <FieldInput field={field} value={value} change={change} error={error ?? (isTooLong(field, value) ? words.problem('too-long') : undefined)} readOnly={readOnly || field.fixed === true} />
      {theirs !== undefined ? (
        <Group gap={4} mt={4} className={classes.theirs}>
          <Text size="xs">
            {words.text('record.theirs', { value: words.value(field, theirs) || words.text('record.nothing') })}
          </Text>
          <Button size="compact-xs" variant="light" onClick={() => takeTheirs(field.path)}>
            {words.text('record.takeTheirs')}
          </Button>
        </Group>
      ) : null}
      {changed && theirs === undefined ? (
        <Text size="xs" className={classes.theirs}>
          {words.text('record.changedUnder')}
        </Text>
      ) : null}
    </div>
  );
});
