// Roles: what each allows in which module, and what it shows there. They are made and changed as records are, by who keeps them.
import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { accountQuery, organisationQuery, paths, PlaceLink, ProblemAlert, rolesQuery, useGo, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { classNames, roleName, verbNames } from './roleWords';

export function Roles() {
  const words = useWords();
  const go = useGo();
  const roles = useQuery(rolesQuery);
  const account = useQuery(accountQuery);
  const organisation = useQuery(organisationQuery);
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  const keeps = isHeadquarters && (account.data?.keeps_accounts ?? false);
  if (roles.error) return <ProblemAlert error={roles.error} />;
  if (!roles.data || !account.data) return null;
  return (
    <Stack>
      <Group justify="space-between" align="start" wrap="nowrap">
        <Text size="sm">{words.text(keeps ? 'roles.what' : 'roles.elsewhere')}</Text>
        {keeps ? (
          <Button size="sm" style={{ flexShrink: 0 }} onClick={() => go(paths.create('role'))}>
            {words.text('roles.new')}
          </Button>
        ) : null}
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={words.text('roles.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sites.name')}</Table.Th>
              <Table.Th>{words.text('roles.grants')}</Table.Th>
              <Table.Th>{words.text('roles.shows')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {roles.data.map((role) => (
              <Table.Tr key={role.key}>
                <Table.Td>
                  {role.built_in ? (
                    <Group gap="xs">
                      {roleName(words, role)}
                      <Badge variant="light" color="gray">
                        {words.text('roles.builtIn')}
                      </Badge>
                    </Group>
                  ) : (
                    <PlaceLink to={paths.record('role', role.key)}>
                      <bdi>{roleName(words, role)}</bdi>
                    </PlaceLink>
                  )}
                </Table.Td>
                <Table.Td>
                  {Object.entries(role.grants).map(([module, verbs]) => (
                    <Text size="sm" key={module}>
                      <Text span c="dimmed" size="sm">
                        {words.text('label', { name: words.module(module) })}{' '}
                      </Text>
                      {verbNames(words, verbs)}
                    </Text>
                  ))}
                </Table.Td>
                <Table.Td>{classNames(words, role.classes)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
