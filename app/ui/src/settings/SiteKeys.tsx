// New keys: made here for this site and asked for by a text that is carried by hand; bound where an admin key is, after a look at which keys of which
// site become others.
import { Alert, Button, Card, Checkbox, Stack, Text, Textarea, Title } from '@mantine/core';
import { answer, api, Ask, asProblem, keys, ProblemAlert, ToCopy, useToasts, useUnsaved, useWords, type Schemas, type Words } from '@comptoir/kit';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

const KINDS = ['tls', 'signing', 'sealing'] as const;
type Kind = (typeof KINDS)[number];
type New = Record<Kind, boolean>;

/** Which keys are new, in words. */
function named(words: Words, those: New): string {
  return words.intl.formatList(KINDS.filter((kind) => those[kind]).map((kind) => words.text(`siteKeys.kind.${kind}`)));
}

/** What an act leaves is read anew, whatever came of it. */
function useActing() {
  const client = useQueryClient();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const act = async (done: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await done();
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setBusy(false);
      for (const queryKey of [keys.rosterKeys, keys.organisation]) void client.invalidateQueries({ queryKey });
    }
  };
  return { act, busy, problem, forget: () => setProblem(undefined) };
}

export function SiteKeys({ renewal }: { renewal: Schemas['RenewalShown'] | undefined }) {
  const words = useWords();
  return (
    <Card withBorder component="section" aria-labelledby="site-keys">
      <Title order={2} size="h5" id="site-keys" mb="xs">
        {words.text('siteKeys.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text('siteKeys.what')}
      </Text>
      {renewal ? <Waiting renewal={renewal} /> : <Renew />}
    </Card>
  );
}

function Renew() {
  const words = useWords();
  const [chosen, setChosen] = useState<Kind[]>([...KINDS]);
  const { act, busy, problem, forget } = useActing();
  const renew = async () => {
    const body = { tls: chosen.includes('tls'), signing: chosen.includes('signing'), sealing: chosen.includes('sealing') };
    await answer(api.POST('/api/v1/keys/renewal', { body }));
  };
  return (
    <Stack gap="sm">
      <Checkbox.Group size="sm" label={words.text('siteKeys.which')} value={chosen} onChange={(now) => setChosen(KINDS.filter((kind) => now.includes(kind)))}>
        <Stack gap={6} mt={6}>
          {KINDS.map((kind) => (
            <Checkbox key={kind} size="sm" value={kind} label={words.text(`siteKeys.kind.${kind}`)} description={words.text(`siteKeys.kind.${kind}.what`)} />
          ))}
        </Stack>
      </Checkbox.Group>
      {problem ? <ProblemAlert error={problem} close={forget} /> : null}
      <Button size="sm" w="fit-content" variant="default" loading={busy} disabled={chosen.length === 0} onClick={() => void act(renew)}>
        {words.text('siteKeys.renew')}
      </Button>
    </Stack>
  );
}

function Waiting({ renewal }: { renewal: Schemas['RenewalShown'] }) {
  const words = useWords();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const giveUp = async () => {
    try {
      await answer(api.DELETE('/api/v1/keys/renewal'));
    } finally {
      void client.invalidateQueries({ queryKey: keys.rosterKeys });
    }
    setAsked(false);
  };
  return (
    <Alert color="yellow" title={words.text('siteKeys.waits', { when: words.moment(renewal.since) })}>
      <Stack gap="sm">
        <ToCopy text={renewal.request} copy={words.text('siteKeys.copy')}>
          <Text size="sm">{words.text('siteKeys.waits.what', { which: named(words, renewal) })}</Text>
        </ToCopy>
        <Button size="compact-sm" w="fit-content" variant="default" onClick={() => setAsked(true)}>
          {words.text('siteKeys.cancel')}
        </Button>
      </Stack>
      {asked ? (
        <Ask title={words.text('siteKeys.cancel.title')} yes={words.text('siteKeys.cancel.do')} act={giveUp} close={() => setAsked(false)}>
          <Text size="sm">{words.text('siteKeys.cancel.what')}</Text>
        </Ask>
      ) : null}
    </Alert>
  );
}

/** Where an admin key is: what another site asks for. */
export function Rekey() {
  const words = useWords();
  const [request, setRequest] = useState('');
  const [asked, setAsked] = useState<Schemas['RekeyShown']>();
  const { act, busy, problem, forget } = useActing();
  useUnsaved(request.trim() !== '');
  const look = async () => {
    setAsked(await answer(api.POST('/api/v1/keys/rekey/check', { body: { request } })));
  };
  return (
    <Card withBorder component="section" aria-labelledby="rekey">
      <Title order={2} size="h5" id="rekey" mb="xs">
        {words.text('rekey.title')}
      </Title>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void act(look);
        }}
      >
        <Textarea
          size="sm"
          autosize
          minRows={2}
          maxRows={8}
          label={words.text('rekey.request')}
          description={words.text('rekey.what')}
          placeholder="COMPTOIR-REKEY-…"
          autoComplete="off"
          spellCheck={false}
          value={request}
          onChange={(event) => setRequest(event.currentTarget.value)}
        />
        <Button size="sm" mt="sm" type="submit" variant="default" loading={busy} disabled={request.trim() === ''}>
          {words.text('rekey.look')}
        </Button>
      </form>
      {problem ? <ProblemAlert error={problem} close={forget} /> : null}
      {asked ? <Bind asked={asked} request={request} done={() => setRequest('')} close={() => setAsked(undefined)} /> : null}
    </Card>
  );
}

interface BindProps {
  asked: Schemas['RekeyShown'];
  request: string;
  done: () => void;
  close: () => void;
}

function Bind({ asked, request, done, close }: BindProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const { site, name } = asked;
  const bind = async () => {
    try {
      await answer(api.POST('/api/v1/keys/rekey', { body: { site, request } }));
    } finally {
      for (const queryKey of [keys.rosterKeys, keys.organisation]) void client.invalidateQueries({ queryKey });
    }
    done();
    close();
    toasts.say(words.text('rekey.done', { site }));
  };
  const any = KINDS.some((kind) => asked[kind]);
  return (
    <Ask title={words.text('rekey.ask', { site })} yes={words.text('rekey.do')} act={bind} close={close} unready={!any}>
      <Text size="sm">{words.text(any ? 'rekey.ask.which' : 'rekey.ask.none', { site, name, which: named(words, asked) })}</Text>
      {any ? <Text size="sm">{words.text('rekey.ask.sure')}</Text> : null}
      {asked.sealing ? <Text size="sm">{words.text('rekey.ask.sealing')}</Text> : null}
    </Ask>
  );
}
