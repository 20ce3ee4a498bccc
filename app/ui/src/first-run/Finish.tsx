// What came of it: the organisation, the key to be kept safe, and what comes next.
import { Alert, Button, Code, CopyButton, Group, Loader, Stack, Text } from '@mantine/core';
import { organisationQuery, ProblemAlert, useWords, type Schemas } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { DemoData } from '../settings/DemoData';

export function Finish({ founded, done }: { founded: Schemas['FoundedShown'] | undefined; done: () => void }) {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const here = organisation.data?.sites.find((site) => site.here);
  if (organisation.error) return <ProblemAlert error={organisation.error} />;
  if (!organisation.data || !here) return <Loader size="sm" aria-label={words.text('loading')} />;
  const named = { organisation: organisation.data.name, site: here.code };
  return (
    <Stack>
      <Text>{words.text(here.headquarters ? 'first.founded' : 'first.joined', named)}</Text>
      {founded ? (
        <Alert color="yellow" title={words.text('first.root')}>
          <Text size="sm">{words.text('first.root.what')}</Text>
          <Group gap="xs" mt="xs">
            <Code style={{ overflowWrap: 'anywhere' }}>{founded.root_key}</Code>
            <CopyButton value={founded.root_key}>
              {({ copied, copy }) => (
                <Button size="compact-xs" variant="default" onClick={copy}>
                  {words.text(copied ? 'problem.copied' : 'first.root.copy')}
                </Button>
              )}
            </CopyButton>
          </Group>
        </Alert>
      ) : null}
      {here.headquarters && organisation.data.relays.length === 0 ? <Text size="sm">{words.text('first.noRelay')}</Text> : null}
      {here.headquarters ? <DemoData /> : null}
      <Button w="fit-content" onClick={done}>
        {words.text('first.open')}
      </Button>
    </Stack>
  );
}
