// Letting one more browser or window in: a link that works once, as text to copy and as a picture for a telephone or tablet to scan.
import { Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { answer, api, ProblemAlert, ToCopy, useWords, type Schemas } from '@comptoir/kit';
import { useState } from 'react';

export function LetIn({ lan }: { lan: Schemas['LanShown'] }) {
  const words = useWords();
  const [address, setAddress] = useState(lan.addresses[0] ?? '');
  const [made, setMade] = useState<Schemas['LanInvitation']>();
  const [problem, setProblem] = useState<unknown>();
  const invite = async () => {
    setProblem(undefined);
    setMade(undefined);
    try {
      setMade(await answer(api.POST('/api/v1/lan/invitations', { body: { address } })));
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Card withBorder component="section" aria-labelledby="let-in">
      <Title order={2} size="h5" id="let-in" mb="xs">
        {words.text('network.letIn')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text('network.letIn.what')}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void invite();
        }}
      >
        <Group align="end">
          {lan.addresses.length > 1 ? (
            <Select size="sm" label={words.text('network.by')} allowDeselect={false} data={lan.addresses} value={address} onChange={(chosen) => setAddress(chosen ?? address)} />
          ) : null}
          <Button size="sm" type="submit">
            {words.text('network.letIn.do')}
          </Button>
        </Group>
      </form>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {made ? (
        <Stack mt="md" role="status">
          {made.browser ? <Link name={words.text('network.forBrowser')} link={made.browser} picture={words.text('network.qr')} /> : null}
          <Link name={words.text('network.forWindow')} link={made.window} />
          <Text size="sm">{words.text('network.once', { minutes: Math.floor(made.expires_s / 60) })}</Text>
        </Stack>
      ) : null}
    </Card>
  );
}

function Link({ name, link, picture }: { name: string; link: string; picture?: string }) {
  const words = useWords();
  const copy = words.text('network.copy');
  return (
    <ToCopy text={link} copy={copy} name={`${copy}: ${name}`} {...(picture === undefined ? {} : { picture })}>
      <Text size="sm" fw={600}>
        {name}
      </Text>
    </ToCopy>
  );
}
