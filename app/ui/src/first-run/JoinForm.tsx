// Joining with a code: pasted, from a link, or in a picture. What the last attempt was refused for stands above.
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { answer, api, ProblemAlert, problemOf, useWords, type Schemas } from '@comptoir/kit';
import { useState } from 'react';
import { codeIn, forgetLinkedCode, linkedCode } from './joinLink';

export interface JoinFormProps {
  refused: Schemas['ProblemBody'] | undefined;
  back: () => void;
  begun: () => void;
}

export function JoinForm({ refused, back, begun }: JoinFormProps) {
  const words = useWords();
  const [code, setCode] = useState(linkedCode);
  const [busy, setBusy] = useState(false);
  const [unread, setUnread] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const join = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await answer(api.POST('/api/v1/setup/join', { body: { code: codeIn(code) } }));
      forgetLinkedCode();
      begun();
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  const scan = async (picture: File | null) => {
    if (!picture) return;
    // Reading pictures is seldom needed, and large.
    const { textIn } = await import('./qrPicture');
    const text = await textIn(picture);
    setUnread(text === undefined);
    if (text !== undefined) setCode(codeIn(text));
  };
  const told = problem ?? (refused ? problemOf(refused, 409) : undefined);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void join();
      }}
    >
      <Stack>
        {told ? <ProblemAlert error={told} /> : null}
        <Text>{words.text('first.join.what')}</Text>
        <Textarea
          label={words.text('first.code')}
          description={words.text('first.code.what')}
          placeholder="COMPTOIR-JOIN-…"
          autosize
          minRows={3}
          maxRows={8}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'monospace' } }}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Group>
          <FileButton accept="image/*" onChange={(picture) => void scan(picture)}>
            {(props) => (
              <Button {...props} variant="default" size="sm">
                {words.text('first.picture')}
              </Button>
            )}
          </FileButton>
          <Text size="sm" role="status" c="var(--mantine-color-error)">
            {unread ? words.text('first.picture.unread') : ''}
          </Text>
        </Group>
        <Group justify="space-between">
          <Button variant="default" onClick={back}>
            {words.text('import.back')}
          </Button>
          <Button type="submit" loading={busy} disabled={code.trim() === ''}>
            {words.text('first.join.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
