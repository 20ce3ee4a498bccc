// A path that leads nowhere.
import { Container, Stack, Text, Title } from '@mantine/core';
import { PlaceLink } from '@comptoir/kit';
import { useWords } from '../words/useWords';
import { places } from './place';

export function NotFound() {
  const words = useWords();
  return (
    <Container size="xs" pt="10vh" component="main">
      <Stack>
        <Title order={1} size="h3">
          {words.text('shell.notFound')}
        </Title>
        <Text>{words.text('shell.notFound.what')}</Text>
        <PlaceLink to={places.sites}>{words.text('sites.title')}</PlaceLink>
      </Stack>
    </Container>
  );
}
