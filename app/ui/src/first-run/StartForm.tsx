// Starting an organisation: its name, its headquarters, and a relay now or later. What was typed is kept until it is done, but for
// the relay's code, which is a secret.
import { Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { answer, api, ProblemAlert, useWords, type Schemas } from '@comptoir/kit';
import { useState } from 'react';
import { emptySite, isWhole, profileOf, type SiteDraft } from '../site/draft';
import { faults } from '../site/faults';
import { SiteFields } from '../site/SiteFields';

const KEY = 'comptoir.first-run';

interface Typed {
  organisation: string;
  site: SiteDraft;
}

function kept(): Typed {
  try {
    const typed = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Typed> | null;
    return { organisation: typed?.organisation ?? '', site: { ...emptySite, ...typed?.site } };
  } catch {
    return { organisation: '', site: emptySite };
  }
}

export function StartForm({ back, founded }: { back: () => void; founded: (founded: Schemas['FoundedShown']) => void }) {
  const words = useWords();
  const [typed, setTyped] = useState(kept);
  const [relay, setRelay] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const type = (now: Typed) => {
    setTyped(now);
    localStorage.setItem(KEY, JSON.stringify(now));
  };
  const found = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const body = {
        organisation: typed.organisation.trim(),
        site: profileOf(typed.site),
        ...(relay.trim() === '' ? {} : { relay: relay.trim() }),
      };
      const made = await answer(api.POST('/api/v1/setup/organisation', { body }));
      localStorage.removeItem(KEY);
      founded(made);
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const errors = faults(words, problem);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void found();
      }}
    >
      <Stack>
        <TextInput
          label={words.text('first.organisation')}
          dir="auto"
          withAsterisk
          autoComplete="off"
          value={typed.organisation}
          onChange={(event) => type({ ...typed, organisation: event.currentTarget.value })}
          {...(errors.organisation ? { error: errors.organisation } : {})}
        />
        <Card withBorder component="section" aria-labelledby="headquarters">
          <Title order={2} size="h5" id="headquarters">
            {words.text('first.headquarters')}
          </Title>
          <Text size="sm" mb="sm">
            {words.text('first.headquarters.what')}
          </Text>
          <SiteFields draft={typed.site} change={(site) => type({ ...typed, site })} errors={errors} />
        </Card>
        <TextInput
          label={words.text('first.relay')}
          description={words.text('first.relay.what')}
          autoComplete="off"
          spellCheck={false}
          value={relay}
          onChange={(event) => setRelay(event.currentTarget.value)}
        />
        {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
        <Group justify="space-between">
          <Button variant="default" onClick={back}>
            {words.text('import.back')}
          </Button>
          <Button type="submit" loading={busy} disabled={typed.organisation.trim() === '' || !isWhole(typed.site)}>
            {words.text('first.start.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
