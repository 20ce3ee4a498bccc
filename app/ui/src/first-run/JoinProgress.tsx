// A join that is under way: how far it is, what holds it up, and a way out until headquarters has admitted the site.
import { Alert, Button, Code, List, Loader, Stack, Text, ThemeIcon } from '@mantine/core';
import { answer, api, Ask, problemOf, useWords, type Schemas } from '@comptoir/kit';
import { useState } from 'react';

const STEPS = ['reaching', 'asked', 'fetching'] as const;

export function JoinProgress({ join, changed }: { join: Schemas['JoinShown']; changed: () => void }) {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  const at = STEPS.indexOf(join.step);
  const giveUp = async () => {
    try {
      await answer(api.DELETE('/api/v1/setup/join'));
    } finally {
      changed();
    }
    setAsking(false);
  };
  const trouble = join.trouble ? problemOf(join.trouble, 0) : undefined;
  return (
    <Stack>
      <Text>{words.text('first.joining', { site: join.site })}</Text>
      <List spacing="sm" listStyleType="none" center>
        {STEPS.map((step, place) => (
          <List.Item
            key={step}
            {...(place === at ? { 'aria-current': 'step' as const } : {})}
            icon={
              place === at ? (
                <Loader size={22} />
              ) : (
                <ThemeIcon size={22} radius="xl" variant={place < at ? 'filled' : 'default'} aria-hidden>
                  {place < at ? '✓' : ''}
                </ThemeIcon>
              )
            }
          >
            <Text {...(place > at ? { c: 'dimmed' } : {})}>{words.text(`first.step.${step}`, { relay: join.relay })}</Text>
          </List.Item>
        ))}
      </List>
      {trouble ? (
        <Alert color="yellow" title={words.problem(trouble.code)}>
          <Text size="sm">{words.text('first.again')}</Text>
          <Code mt={4}>{trouble.code}</Code>
        </Alert>
      ) : null}
      <Text size="sm">{words.text('first.joining.what')}</Text>
      {join.step === 'fetching' ? null : (
        <Button variant="default" w="fit-content" onClick={() => setAsking(true)}>
          {words.text('first.giveUp')}
        </Button>
      )}
      {asking ? (
        <Ask
          title={words.text('first.giveUp.title')}
          yes={words.text('first.giveUp.do')}
          no={words.text('first.giveUp.not')}
          act={giveUp}
          close={() => setAsking(false)}
        >
          <Text size="sm">{words.text('first.giveUp.what', { site: join.site })}</Text>
        </Ask>
      ) : null}
    </Stack>
  );
}
