// Of which sites something was not done, and why not: each reason once, with all its sites.
import { Stack, Text } from '@mantine/core';
import { ProblemAlert } from '@comptoir/kit';
import { useWords } from '../words/useWords';
import { byProblem, type Refusal } from './together';

export function Refusals({ refused }: { refused: Refusal[] }) {
  const words = useWords();
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600}>
        {words.text('sites.refused', { count: refused.length })}
      </Text>
      {byProblem(refused).map(({ problem, sites }) => (
        <ProblemAlert key={problem.code} error={problem}>
          <Text size="sm" fw={600} w="100%">
            {words.intl.formatList(sites, { type: 'conjunction' })}
          </Text>
        </ProblemAlert>
      ))}
    </Stack>
  );
}
