// The sites that hold a scope, and those of its members that may not.
import { Badge, Group } from '@mantine/core';
import { useWords, type Schemas } from '@comptoir/kit';

export function Holders({ scope }: { scope: Schemas['ScopeShown'] }) {
  const words = useWords();
  return (
    <Group gap={4}>
      {scope.members.map((site) =>
        scope.holders.includes(site) ? (
          <Badge key={site} variant="light">
            {site}
          </Badge>
        ) : (
          <Badge key={site} variant="default" td="line-through" title={words.text('residency.mayNot', { site })}>
            {site}
          </Badge>
        ),
      )}
    </Group>
  );
}
