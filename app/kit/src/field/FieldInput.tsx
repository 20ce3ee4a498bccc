// One field to fill in, by what the schema says of it: text, choice, yes or no, number, amount, day, another record. Owns the
// input alone; what is wrong with the value comes from outside.
import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { memo, use, useState, type KeyboardEvent } from 'react';
import { useIntl } from 'react-intl';
import type { Scalar } from '../api/client';
import { editable, plainAmount, plainNumber } from '../format/numbers';
import type { Field } from '../schema/kindSchema';
import { useWords } from '../words/useWords';
import { countries, currencies, SCHEMES, type Choice } from './choices';
import { DayInput } from './DayInput';
import { ModuleInputs } from './moduleInputs';
import { ReferenceInput } from './ReferenceInput';
import { useKindChoices } from './useKindChoices';

export interface FieldInputProps {
  field: Field;
  value: Scalar | undefined;
  change: (value: Scalar) => void;
  error?: string | undefined;
  /** Within a table the column's header is the label. */
  bare?: boolean;
  readOnly?: boolean;
  description?: string | undefined;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  id?: string;
}

/** Above it a text's own height is no longer looked for. */
const MEASURED_CHARACTERS = 20_000;

/** Lines and marks that break a single line are no reason to lose text: they become blanks. */
const text = (value: Scalar | undefined) => (value === null || value === undefined ? '' : String(value));

export const FieldInput = memo(function FieldInput(props: FieldInputProps) {
  const { field, value, change, error, bare, readOnly = false, description, onKeyDown, id } = props;
  const words = useWords();
  const OfModule = use(ModuleInputs)[field.label];
  const label = words.field(field);
  const shared = {
    ...(bare ? { 'aria-label': label } : { label }),
    ...(error ? { error } : {}),
    ...(description ?? field.help ? { description: description ?? field.help } : {}),
    ...(onKeyDown ? { onKeyDown } : {}),
    ...(id ? { id } : {}),
    'data-path': field.path,
    size: 'sm' as const,
  };
  const withAsterisk = field.required && !bare;
  if (OfModule) return <OfModule value={text(value)} change={change} readOnly={readOnly} shared={{ ...shared, withAsterisk }} />;
  if (field.kind === 'bool') {
    return (
      <Checkbox
        {...shared}
        checked={value === true}
        disabled={readOnly}
        onChange={(event) => change(event.currentTarget.checked)}
      />
    );
  }
  const choices = choicesOf(field, words);
  if (choices || field.widget === 'record-kind' || field.widget === 'module' || field.widget === 'site') {
    return <ChoiceInput {...props} shared={{ ...shared, withAsterisk }} choices={choices} />;
  }
  if (field.widget === 'country' || field.widget === 'currency') {
    return <ChoiceInput {...props} shared={{ ...shared, withAsterisk }} choices={undefined} />;
  }
  if (field.kind === 'reference' && field.target) {
    return (
      <ReferenceInput
        target={field.target}
        value={text(value)}
        change={change}
        readOnly={readOnly}
        shared={{ ...shared, withAsterisk }}
      />
    );
  }
  if (field.kind === 'date') {
    return (
      <DayInput {...shared} value={text(value)} change={change} asTyped bare={bare ?? false} withAsterisk={withAsterisk} readOnly={readOnly} />
    );
  }
  if (field.kind === 'money' || field.kind === 'decimal' || field.kind === 'int') {
    return <NumberText {...props} shared={{ ...shared, withAsterisk }} />;
  }
  if (field.widget === 'multiline' && !bare) {
    return (
      <Textarea
        {...shared}
        // To measure a text of megabytes at every letter takes seconds.
        autosize={text(value).length < MEASURED_CHARACTERS}
        minRows={2}
        maxRows={12}
        value={text(value)}
        withAsterisk={withAsterisk}
        readOnly={readOnly}
        onChange={(event) => change(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      dir="auto"
      type={field.widget === 'email' ? 'email' : field.widget === 'phone' ? 'tel' : 'text'}
      spellCheck={field.widget ? false : undefined}
      autoComplete="off"
      value={text(value)}
      withAsterisk={withAsterisk}
      readOnly={readOnly || field.widget === 'computed'}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
});

type Shared = Record<string, unknown>;

function choicesOf(field: Field, words: ReturnType<typeof useWords>): Choice[] | undefined {
  const values = field.stages
    ? field.stages.map((stage) => stage.key)
    : field.widget === 'scheme'
      ? SCHEMES
      : field.choices;
  if (values.length === 0) return undefined;
  return values.map((value) => ({ value, label: words.choice(field, value) }));
}

function ChoiceInput(props: FieldInputProps & { shared: Shared; choices: Choice[] | undefined }) {
  const { field, value, change, readOnly, shared, choices } = props;
  const { locale } = useIntl();
  const fromNode = useKindChoices(field.widget);
  const offered =
    choices ?? (field.widget === 'country' ? countries(locale) : field.widget === 'currency' ? currencies(locale) : fromNode);
  const now = text(value);
  // What stands there stays to be seen, though it is no longer offered.
  const all = now === '' || offered.some((choice) => choice.value === now) ? offered : [...offered, { value: now, label: now }];
  return (
    <Select
      {...shared}
      data={all}
      value={now === '' ? null : now}
      onChange={(chosen) => change(chosen ?? '')}
      searchable
      clearable={!field.required && !readOnly}
      allowDeselect={false}
      readOnly={readOnly ?? false}
      limit={60}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

function NumberText({ field, value, change, readOnly, shared }: FieldInputProps & { shared: Shared }) {
  const { locale } = useIntl();
  const [typed, setTyped] = useState<string>();
  const read = (typing: string): Scalar => {
    const plain = field.kind === 'money' ? plainAmount(typing, locale) : plainNumber(typing, locale);
    if (plain === '') return '';
    return field.kind === 'int' && /^-?\d{1,15}$/.test(plain) ? Number(plain) : plain;
  };
  return (
    <TextInput
      {...shared}
      inputMode="decimal"
      autoComplete="off"
      value={typed ?? editable(text(value), locale)}
      readOnly={readOnly ?? false}
      styles={{ input: { textAlign: 'end', fontVariantNumeric: 'tabular-nums' } }}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        change(read(event.currentTarget.value));
      }}
      onBlur={() => setTyped(undefined)}
    />
  );
}
