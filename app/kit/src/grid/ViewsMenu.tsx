// Saved views of a list: records of their own, everyone's or this site's. Owns applying, saving, changing and putting away.
import { Button, Checkbox, Group, Menu, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { keys, useMay } from '../api/queries';
import { archiveRecord, changeRecord, createRecord, listRecords, type Pairs } from '../api/records';
import { Dialog } from '../place/Dialog';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { PRIVATE } from '../record/placement';
import { useText } from '../words/useWords';
import { readQuery, writeQuery } from './listQuery';

export function ViewsMenu({ kind, pairs, apply }: { kind: string; pairs: Pairs; apply: (pairs: Pairs) => void }) {
  const text = useText();
  const client = useQueryClient();
  const toasts = useToasts();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const [isPrivate, setPrivate] = useState(true);
  const [problem, setProblem] = useState<unknown>();
  const maySee = useMay('view', 'see');
  const mayEdit = useMay('view', 'edit');
  const views = useQuery({
    enabled: maySee,
    queryKey: [...keys.list('view'), kind],
    queryFn: async () =>
      (await listRecords('view', [['kind[eq]', kind], ['columns', 'name,query'], ['limit', '200']])).records.map((record) => ({
        id: record.id,
        name: String(record.fields.name ?? ''),
        query: String(record.fields.query ?? ''),
      })),
  });
  const now = new URLSearchParams(pairs).toString();
  const written = (query: string) => new URLSearchParams(writeQuery(readQuery([...new URLSearchParams(query)]))).toString();
  const current = views.data?.find((view) => written(view.query) === now);
  const refresh = () => client.invalidateQueries({ queryKey: keys.list('view') });
  const save = async () => {
    setProblem(undefined);
    try {
      const known = views.data?.find((view) => view.name === name.trim());
      if (known) await changeRecord('view', known.id, { set: { query: now } });
      else await createRecord('view', { set: { name: name.trim(), kind, query: now } }, isPrivate ? PRIVATE : undefined);
      await refresh();
      setNaming(false);
      toasts.say(text('views.saved', { name: name.trim() }));
    } catch (error) {
      setProblem(error);
    }
  };
  const putAway = async (id: string) => {
    try {
      await archiveRecord('view', id, true);
      await refresh();
      toasts.say(text('views.archived'), () => void archiveRecord('view', id, false).then(refresh, toasts.fail));
    } catch (error) {
      toasts.fail(error);
    }
  };
  if (!maySee) return null;
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" size="sm">
            <bdi>{current ? current.name : text('views.title')}</bdi>
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
          <Menu.Item onClick={() => apply([])}>{text('views.all')}</Menu.Item>
          {(views.data ?? []).map((view) => (
            <Menu.Item key={view.id} onClick={() => apply(writeQuery(readQuery([...new URLSearchParams(view.query)])))}>
              <bdi>{view.name}</bdi>
            </Menu.Item>
          ))}
          {mayEdit ? (
            <>
              <Menu.Divider />
              <Menu.Item
                onClick={() => {
                  setName(current?.name ?? '');
                  setProblem(undefined);
                  setNaming(true);
                }}
              >
                {text('views.save')}
              </Menu.Item>
            </>
          ) : null}
          {current && mayEdit ? (
            <Menu.Item onClick={() => void putAway(current.id)}>{text('views.archive', { name: current.name })}</Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {naming ? (
      <Dialog title={text('views.save')} close={() => setNaming(false)}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <Stack>
            <TextInput data-autofocus label={text('views.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Checkbox label={text('views.private')} checked={isPrivate} onChange={(event) => setPrivate(event.currentTarget.checked)} />
            {problem ? <ProblemAlert error={problem} /> : null}
            <Group justify="flex-end">
              <Button type="submit" disabled={name.trim() === ''}>
                {text('action.save')}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
      ) : null}
    </>
  );
}
