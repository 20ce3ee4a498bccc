// Inviting a site: its description, and the code that it joins with once, as text and as a picture to scan.
import { Alert, Button, Card, Group, Select, Text, Title } from '@mantine/core';
import { answer, api, asProblem, keys, ProblemAlert, ToCopy, useUnsaved, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { emptySite, isWhole, profileOf } from '../site/draft';
import { faults } from '../site/faults';
import { SiteFields } from '../site/SiteFields';

const DAY_S = 86_400;

export function Invite() {
  const words = useWords();
  const client = useQueryClient();
  const [draft, setDraft] = useState(emptySite);
  useUnsaved(Object.values(draft).some((said) => String(said).trim() !== ''));
  const [days, setDays] = useState('7');
  const [made, setMade] = useState<{ code: string; expires: string; site: string }>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const invite = async () => {
    setBusy(true);
    setProblem(undefined);
    setMade(undefined);
    try {
      const site = profileOf(draft);
      const invitation = await answer(api.POST('/api/v1/invitations', { body: { site, expires_s: Number(days) * DAY_S } }));
      setMade({ ...invitation, site: site.code });
      setDraft(emptySite);
      void client.invalidateQueries({ queryKey: keys.invitations });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder component="section" aria-labelledby="invite">
      <Title order={2} size="h5" id="invite" mb="xs">
        {words.text('sites.invite')}
      </Title>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <SiteFields draft={draft} change={setDraft} errors={faults(words, problem)} />
        <Group align="end" mt="sm">
          <Select
            size="sm"
            w={130}
            label={words.text('sites.valid')}
            allowDeselect={false}
            value={days}
            onChange={(chosen) => setDays(chosen ?? days)}
            data={['1', '7', '30'].map((days) => ({ value: days, label: words.text('sites.days', { count: Number(days) }) }))}
          />
          <Button size="sm" type="submit" loading={busy} disabled={!isWhole(draft)}>
            {words.text('sites.invite.do')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {made ? <Invited {...made} /> : null}
    </Card>
  );
}

/** The code of an invitation that was made: it is shown this once. */
export function Invited({ site, code, expires }: { site: string; code: string; expires: string }) {
  const words = useWords();
  return (
    <Alert color="teal" mt="md" title={words.text('sites.invited', { site })}>
      <ToCopy text={code} copy={words.text('sites.copy')} picture={words.text('sites.qr')}>
        <Text size="sm">{words.text('sites.invited.what', { expires: words.moment(expires) })}</Text>
      </ToCopy>
    </Alert>
  );
}
