// Modules, on and off for the whole organisation. A switch is a record like any other: history and undo are its own.
import { Stack, Switch, Text } from '@mantine/core';
import { changeRecord, createRecord, keys, kindsQuery, listRecords, organisationQuery, ProblemAlert, useToasts, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

export function Modules() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [problem, setProblem] = useState<unknown>();
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const organisation = useQuery(organisationQuery);
  const switches = useQuery({
    queryKey: [...keys.list('module-switch'), 'settings'],
    queryFn: async () => (await listRecords('module-switch', [['columns', 'module,site,on'], ['limit', '500']])).records,
  });
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const modules = [...new Set((kinds.data ?? []).map((kind) => kind.module))];
  const turn = async (module: string, on: boolean) => {
    setProblem(undefined);
    const known = switches.data?.find((record) => record.fields.module === module && !record.fields.site);
    try {
      if (known) await changeRecord('module-switch', known.id, { set: { on } });
      else await createRecord('module-switch', { set: { module, on } });
      await client.invalidateQueries({ queryKey: keys.kinds });
      await client.invalidateQueries({ queryKey: keys.list('module-switch') });
      toasts.say(words.text(on ? 'settings.module.on' : 'settings.module.off', { module: words.module(module) }));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Stack>
      <Text size="sm">{words.text(isHeadquarters ? 'settings.modules.what' : 'settings.modules.elsewhere')}</Text>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {modules.map((module) => {
        const on = kinds.data?.some((kind) => kind.module === module && kind.on) ?? true;
        const own = (kinds.data ?? []).filter((kind) => kind.module === module);
        const local = (switches.data ?? []).filter((record) => record.fields.module === module && record.fields.site);
        return (
          <div key={module}>
            <Switch
              label={words.module(module)}
              description={own.map((kind) => words.kind(kind.kind, kind.label)).join(', ')}
              checked={on}
              disabled={!isHeadquarters}
              onChange={(event) => void turn(module, event.currentTarget.checked)}
            />
            {local.map((record) => (
              <Text size="sm" c="dimmed" ml={52} key={record.id}>
                {words.text(record.fields.on === true ? 'settings.module.onAt' : 'settings.module.offAt', { site: typeof record.fields.site === 'string' ? record.fields.site : '' })}
              </Text>
            ))}
          </div>
        );
      })}
    </Stack>
  );
}
