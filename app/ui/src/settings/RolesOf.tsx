// The roles that somebody has: which there are to choose among, and giving and taking them.
import { Checkbox, Stack, Text } from '@mantine/core';
import { answer, api, Ask, keys, ProblemAlert, rolesQuery, useToasts, useWords, type Schemas } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { roleName } from './roleWords';

/** Which roles there are, to tick. What somebody has and nobody knows any more stays to be seen. */
export function RoleChoice({ label, chosen, change }: { label: string; chosen: string[]; change: (chosen: string[]) => void }) {
  const words = useWords();
  const roles = useQuery(rolesQuery);
  if (roles.error) return <ProblemAlert error={roles.error} />;
  const known = roles.data ?? [];
  const gone = chosen.filter((key) => roles.data !== undefined && !known.some((role) => role.key === key));
  return (
    <Checkbox.Group label={label} value={chosen} onChange={change} size="sm">
      <Stack gap={4} mt={4}>
        {known.map((role) => (
          <Checkbox key={role.key} size="sm" value={role.key} label={roleName(words, role)} />
        ))}
        {gone.map((key) => (
          <Checkbox key={key} size="sm" value={key} label={key} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

export function RolesOf({ member, close }: { member: Schemas['StaffMember']; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [chosen, setChosen] = useState(member.roles);
  const { id, name } = member;
  const set = async () => {
    const given = chosen.filter((role) => !member.roles.includes(role)).map((role) => ({ role, granted: true }));
    const taken = member.roles.filter((role) => !chosen.includes(role)).map((role) => ({ role, granted: false }));
    try {
      for (const body of [...given, ...taken]) await answer(api.POST('/api/v1/staff/{name}/roles', { params: { path: { name: id } }, body }));
    } finally {
      void client.invalidateQueries({ queryKey: keys.staff });
    }
    close();
    toasts.say(words.text('roles.of.set', { name }));
  };
  return (
    <Ask title={words.text('roles.of', { name })} yes={words.text('roles.of.save')} act={set} close={close} hasField>
      <RoleChoice label={words.text('roles.title')} chosen={chosen} change={setChosen} />
      {chosen.length === 0 ? <Text size="sm">{words.text('roles.what')}</Text> : null}
    </Ask>
  );
}
