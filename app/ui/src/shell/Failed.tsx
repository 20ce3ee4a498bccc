// A screen that broke: said as any problem is, with a way on. The rest of the window goes on.
import { Button, Stack, Title } from '@mantine/core';
import { asProblem, paths, PlaceLink, ProblemAlert, useWords } from '@comptoir/kit';

export function Failed({ error }: { error: unknown }) {
  const words = useWords();
  const problem = asProblem(error);
  return (
    <Stack maw={720}>
      <Title order={1} size="h3">
        {words.text('shell.failed')}
      </Title>
      <ProblemAlert error={problem}>
        <Button size="compact-xs" variant="light" color="red" onClick={() => window.location.reload()}>
          {words.text('shell.reload')}
        </Button>
      </ProblemAlert>
      <PlaceLink to={paths.list('party')}>{words.kind('party')}</PlaceLink>
    </Stack>
  );
}
