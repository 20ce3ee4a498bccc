// A path that leads nowhere.
import { Stack, Text, Title } from '@mantine/core';
import { paths, PlaceLink, useWords } from '@comptoir/kit';

export function NotFound() {
  const words = useWords();
  return (
    <Stack>
      <Title order={1} size="h3">
        {words.text('shell.notFound')}
      </Title>
      <Text>{words.text('shell.notFound.what')}</Text>
      <PlaceLink to={paths.list('party')}>{words.kind('party')}</PlaceLink>
    </Stack>
  );
}
