// Asking headquarters for a site, from any other: its description, and why it is wished for.
import { Button, Card, Textarea, Title } from '@mantine/core';
import { answer, api, asProblem, keys, ProblemAlert, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { emptySite, isWhole, profileOf } from '../site/draft';
import { faults } from '../site/faults';
import { SiteFields } from '../site/SiteFields';

export function AskForSite() {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [draft, setDraft] = useState(emptySite);
  const [reason, setReason] = useState('');
  useUnsaved(reason.trim() !== '' || Object.values(draft).some((said) => String(said).trim() !== ''));
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const ask = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const site = profileOf(draft);
      await answer(api.POST('/api/v1/site-requests', { body: { site, reason: reason.trim() } }));
      setDraft(emptySite);
      setReason('');
      void client.invalidateQueries({ queryKey: keys.siteRequests });
      toasts.say(words.text('requests.asked', { site: site.code }));
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card withBorder component="section" aria-labelledby="ask-for-site">
      <Title order={2} size="h5" id="ask-for-site" mb="xs">
        {words.text('requests.ask')}
      </Title>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <SiteFields draft={draft} change={setDraft} errors={faults(words, problem)} />
        <Textarea
          size="sm"
          mt="sm"
          autosize
          minRows={2}
          dir="auto"
          label={words.text('requests.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Button size="sm" mt="sm" type="submit" loading={busy} disabled={!isWhole(draft)}>
          {words.text('requests.ask.do')}
        </Button>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
    </Card>
  );
}
