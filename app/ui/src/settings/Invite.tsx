// Inviting a site: its description, and the code that it joins with once, as text and as a picture to scan.
import { Alert, Button, Card, Code, CopyButton, Group, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { answer, api, asProblem, countries, ProblemAlert, useWords } from '@comptoir/kit';
import { useState } from 'react';
import { QrCode } from './QrCode';

const DAY_S = 86_400;

export function Invite() {
  const words = useWords();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [country, setCountry] = useState<string | null>(null);
  const [days, setDays] = useState('7');
  const [made, setMade] = useState<{ code: string; expires: string; site: string }>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const invite = async () => {
    setBusy(true);
    setProblem(undefined);
    setMade(undefined);
    try {
      const site = { code: code.trim().toUpperCase(), country: country ?? '', ...(name.trim() === '' ? {} : { name: name.trim() }) };
      const invitation = await answer(api.POST('/api/v1/invitations', { body: { site, expires_s: Number(days) * DAY_S } }));
      setMade({ ...invitation, site: site.code });
      setCode('');
      setName('');
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
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <Group align="end">
          <TextInput size="sm" w={110} label={words.text('sites.code')} placeholder="DKR" maxLength={12} value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          <TextInput size="sm" label={words.text('sites.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Select size="sm" w={230} label={words.text('sites.country')} data={countries(words.intl.locale)} searchable limit={60} value={country} onChange={setCountry} />
          <Select
            size="sm"
            w={130}
            label={words.text('sites.valid')}
            allowDeselect={false}
            value={days}
            onChange={(chosen) => setDays(chosen ?? days)}
            data={['1', '7', '30'].map((days) => ({ value: days, label: words.text('sites.days', { count: Number(days) }) }))}
          />
          <Button size="sm" type="submit" loading={busy} disabled={code.trim() === '' || !country}>
            {words.text('sites.invite.do')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {made ? (
        <Alert color="teal" mt="md" title={words.text('sites.invited', { site: made.site })}>
          <Group align="start" wrap="nowrap">
            <QrCode text={made.code} label={words.text('sites.qr')} />
            <Stack gap="xs" style={{ minWidth: 0 }}>
              <Text size="sm">{words.text('sites.invited.what', { expires: words.moment(made.expires) })}</Text>
              <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
                {made.code}
              </Code>
              <CopyButton value={made.code}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" w="fit-content" onClick={copy}>
                    {words.text(copied ? 'problem.copied' : 'sites.copy')}
                  </Button>
                )}
              </CopyButton>
            </Stack>
          </Group>
        </Alert>
      ) : null}
    </Card>
  );
}
