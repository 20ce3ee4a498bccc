// A screen that broke: said as any problem is, with a way on. The rest of the window goes on.
import { Button, Stack, Title } from '@mantine/core';
import { asProblem, PlaceLink, ProblemAlert } from '@comptoir/kit';
import { useWords } from '../words/useWords';
import { places } from './place';

export function Failed({ error }: { error: unknown }) {
  const words = useWords();
  return (
    <Stack maw={720}>
      <Title order={1} size="h3">
        {words.text('shell.failed')}
      </Title>
      <ProblemAlert error={asProblem(error)}>
        <Button size="compact-xs" variant="light" color="red" onClick={() => window.location.reload()}>
          {words.text('shell.reload')}
        </Button>
      </ProblemAlert>
      <PlaceLink to={places.sites}>{words.text('sites.title')}</PlaceLink>
    </Stack>
  );
}
