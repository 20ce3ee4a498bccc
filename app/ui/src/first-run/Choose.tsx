// The first question: start an organisation, or join one; in the app's window also to use the node of a branch.
import { Button, Card, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useWords } from '@comptoir/kit';
import { inWindow } from '../window/window';

/** Where whoever sets the node up is; `start-or-join` is the choice, asked for again after a refusal. */
export type Way = 'choose' | 'start' | 'join' | 'branch' | 'start-or-join';

const WAYS = inWindow ? (['start', 'join', 'branch'] as const) : (['start', 'join'] as const);

export function Choose({ choose }: { choose: (way: Way) => void }) {
  const words = useWords();
  return (
    <Stack>
      <Text>{words.text('first.what')}</Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        {WAYS.map((way) => (
          <Card withBorder key={way} component="section" aria-labelledby={`first-${way}`}>
            <Stack h="100%" justify="space-between">
              <div>
                <Title order={2} size="h5" mb="xs" id={`first-${way}`}>
                  {words.text(`first.${way}`)}
                </Title>
                <Text size="sm">{words.text(`first.${way}.what`)}</Text>
              </div>
              <Button onClick={() => choose(way)}>{words.text(`first.${way}.do`)}</Button>
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
