// Names and what they say, in two columns; one below the other where there is no room.
import { Code, SimpleGrid, Text } from '@mantine/core';

export type Fact = readonly [name: string, value: string, form?: 'code'];

export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2 }} spacing="md" verticalSpacing="xs" m={0}>
      {facts.map(([name, value, form]) => (
        <div key={name} style={{ minWidth: 0 }}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
            {form === 'code' ? <Code>{value}</Code> : <bdi>{value}</bdi>}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}
