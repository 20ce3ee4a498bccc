// The filters of a list: each a phrase that can be opened, changed and taken away, and a way to add one. Owns no state but what
// is being typed.
import { ActionIcon, Button, Group, Menu, Popover, Select, Stack, TextInput } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import type { Scalar } from '../api/client';
import { recordQuery } from '../api/queries';
import { FieldInput } from '../field/FieldInput';
import { plainAmount, plainNumber } from '../format/numbers';
import { fieldAt, type KindSchema } from '../schema/kindSchema';
import type { TextId } from '../words/catalogue';
import { useWords } from '../words/useWords';
import { filterFields, operators, type Filter, type FilterField } from './listQuery';

export interface FilterBarProps {
  schema: KindSchema;
  filters: Filter[];
  change: (filters: Filter[]) => void;
}

export function FilterBar({ schema, filters, change }: FilterBarProps) {
  const words = useWords();
  const [adding, setAdding] = useState<FilterField>();
  const fields = filterFields(schema);
  const named = (path: string) => fields.find((field) => field.path === path) ?? byOtherName(schema, path);
  return (
    <Group gap="xs">
      {filters.map((filter, at) => {
        const field = named(filter.field);
        return (
          <FilterPill
            key={`${at}-${filter.field}-${filter.operator}-${filter.value}`}
            filter={filter}
            field={field}
            schema={schema}
            change={(changed) => change(filters.flatMap((one, place) => (place === at ? (changed ?? []) : one)))}
          />
        );
      })}
      {adding ? (
        <FilterPill
          key={adding.path}
          filter={{ field: adding.path, operator: operators(adding.field)[0] ?? 'eq', value: '' }}
          field={adding}
          schema={schema}
          isNew
          change={(made) => {
            setAdding(undefined);
            if (made) change([...filters, made]);
          }}
        />
      ) : (
        <Menu position="bottom-start" width={260}>
          <Menu.Target>
            <Button size="compact-sm" variant="default">
              {words.text('grid.filter.add')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
            {fields.map((field) => (
              <Menu.Item key={field.path} onClick={() => setTimeout(() => setAdding(field))}>
                {words.path(schema, field.path)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}

/**
 * A field that is not offered, and that lists which were made elsewhere filter by all the same: `city` is the town of the first
 * address, and what a record is related to leads here too.
 */
function byOtherName(schema: KindSchema, path: string): FilterField | undefined {
  const found = fieldAt(schema, path);
  return found ? { path, field: found.field } : undefined;
}

/** The names of records that a filter means by their ids. */
function useTitles(field: FilterField | undefined, filter: Filter): (id: string) => string | undefined {
  const target = field?.field.kind === 'reference' && filter.operator !== 'empty' ? field.field.target : undefined;
  const ids = target === undefined ? [] : filter.value.split('|').filter((id) => id !== '');
  const found = useQueries({ queries: ids.map((id) => recordQuery(target ?? '', id)) });
  return (id) => found[ids.indexOf(id)]?.data?.title;
}

interface FilterPillProps {
  filter: Filter;
  field: FilterField | undefined;
  schema: KindSchema;
  isNew?: boolean;
  change: (filter: Filter | undefined) => void;
}

function FilterPill({ filter, field, schema, isNew = false, change }: FilterPillProps) {
  const words = useWords();
  const [open, setOpen] = useState(isNew);
  const name = words.path(schema, filter.field);
  const title = useTitles(field, filter);
  const said = filter.value.split('|').map((value) => title(value) ?? words.value(field?.field, value === 'true' ? true : value === 'false' ? false : value));
  const phrase =
    filter.operator === 'empty'
      ? words.text(filter.value === 'true' ? 'grid.op.isEmpty' : 'grid.op.isFilled', { field: name })
      : `${name} ${words.text(`grid.op.${filter.operator}` as TextId)} ${said.join(' – ')}`;
  const close = () => {
    setOpen(false);
    if (isNew) change(undefined);
  };
  return (
    <Popover opened={open} onChange={(opened) => (opened ? setOpen(true) : close())} trapFocus position="bottom-start" withinPortal>
      <Group gap={0} wrap="nowrap">
        <Popover.Target>
          <Button size="compact-sm" variant="light" onClick={() => setOpen(!open)}>
            <bdi>{isNew ? name : phrase}</bdi>
          </Button>
        </Popover.Target>
        {isNew ? null : (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={words.text('grid.filter.remove', { filter: phrase })}
            onClick={() => change(undefined)}
          >
            ×
          </ActionIcon>
        )}
      </Group>
      <Popover.Dropdown>
        {field ? <FilterForm filter={filter} field={field} name={name} done={(made) => { setOpen(false); change(made); }} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}

function FilterForm({ filter, field, name, done }: { filter: Filter; field: FilterField; name: string; done: (filter: Filter) => void }) {
  const words = useWords();
  const { locale } = useIntl();
  const [operator, setOperator] = useState(filter.operator);
  const [from = '', until = ''] = filter.value.split('|');
  const [value, setValue] = useState<Scalar>(field.field.kind === 'bool' ? from !== 'false' : from);
  const [end, setEnd] = useState<Scalar>(until);
  const plain = (typed: Scalar): string => {
    const text = typed === null ? '' : String(typed);
    if (field.field.kind === 'money') return plainAmount(text, locale);
    return field.field.kind === 'int' || field.field.kind === 'decimal' ? plainNumber(text, locale) : text;
  };
  const submit = () => {
    if (operator === 'empty') return done({ field: filter.field, operator, value: value === 'false' ? 'false' : 'true' });
    const said = plain(value);
    if (said === '') return;
    done({ field: filter.field, operator, value: operator === 'between' ? `${said}|${plain(end)}` : said });
  };
  const input = { ...field.field, required: false };
  const isText = field.field.kind === 'text' && field.field.choices.length === 0 && !field.field.stages && field.field.widget !== 'country' && field.field.widget !== 'currency';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="xs" w={250}>
        {operators(field.field).length > 1 ? (
          <Select
            size="sm"
            label={name}
            data={operators(field.field).map((operator) => ({ value: operator, label: words.text(`grid.op.${operator}` as TextId) }))}
            value={operator}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            onChange={(chosen) => setOperator(chosen ?? operator)}
          />
        ) : null}
        {operator === 'empty' ? (
          <Select
            size="sm"
            aria-label={words.text('grid.op.empty')}
            data={[{ value: 'true', label: words.value(undefined, true) }, { value: 'false', label: words.value(undefined, false) }]}
            value={value === 'false' ? 'false' : 'true'}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            onChange={setValue}
          />
        ) : isText ? (
          <TextInput
            size="sm"
            data-autofocus
            dir="auto"
            aria-label={words.text('grid.filter.value')}
            value={String(value ?? '')}
            onChange={(event) => setValue(event.currentTarget.value)}
          />
        ) : (
          <FieldInput field={input} value={value} change={setValue} bare={field.field.kind !== 'bool'} />
        )}
        {operator === 'between' ? <FieldInput field={input} value={end} change={setEnd} bare /> : null}
        <Button size="compact-sm" type="submit">
          {words.text('grid.filter.apply')}
        </Button>
      </Stack>
    </form>
  );
}
