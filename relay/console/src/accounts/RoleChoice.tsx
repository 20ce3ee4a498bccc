// One of the three roles, each with what it may.
import { Radio, Stack } from '@mantine/core';
import type { Role } from '../api/client';
import { ROLES } from '../shell/role';
import { useWords } from '../words/useWords';

export function RoleChoice({ role, choose }: { role: Role; choose: (role: Role) => void }) {
  const words = useWords();
  return (
    <Radio.Group label={words.text('accounts.role')} value={role} onChange={(chosen) => choose(ROLES.find((role) => role === chosen) ?? 'viewer')}>
      <Stack gap="xs" mt={4}>
        {ROLES.map((role) => (
          <Radio key={role} value={role} label={words.role(role)} description={words.text(`role.what.${role}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
