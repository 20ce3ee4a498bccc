// Joining with a code: pasted, from a link, shown to the camera, or in a picture. What the last attempt was refused for stands above.
import { Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { answer, api, ProblemAlert, problemOf, useWords, type Schemas } from '@comptoir/kit';
import { lazy, Suspense, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { codeIn, forgetLinkedCode, linkedCode } from './joinLink';

// Reading pictures is seldom needed, and large.
const CameraDialog = lazy(() => import('./CameraDialog'));

export interface JoinFormProps {
  refused: Schemas['ProblemBody'] | undefined;
  back: () => void;
  begun: () => void;
}

export function JoinForm({ refused, back, begun }: JoinFormProps) {
  const words = useWords();
  const [code, setCode] = useState(linkedCode);
  const [busy, setBusy] = useState(false);
  const [read, setRead] = useState<boolean>();
  const [looking, setLooking] = useState(false);
  const submit = useRef<HTMLButtonElement>(null);
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
    const { textIn } = await import('./qrPicture');
    const text = await textIn(picture);
    setRead(text !== undefined);
    if (text !== undefined) setCode(codeIn(text));
  };
  const found = (code: string) => {
    // Drawn at once: the focus goes on to what is next, which nobody can press before there is a code.
    flushSync(() => {
      setCode(code);
      setRead(true);
      setLooking(false);
    });
    submit.current?.focus();
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
          {/* Browsers give a camera to pages of this machine, and to others only over TLS. */}
          {'mediaDevices' in navigator ? (
            <Button variant="default" size="sm" onClick={() => setLooking(true)}>
              {words.text('first.camera.use')}
            </Button>
          ) : null}
          <FileButton accept="image/*" onChange={(picture) => void scan(picture)}>
            {(props) => (
              <Button {...props} variant="default" size="sm">
                {words.text('first.picture')}
              </Button>
            )}
          </FileButton>
          <Text size="sm" role="status" {...(read === false ? { c: 'var(--mantine-color-error)' } : {})}>
            {read === undefined ? '' : words.text(read ? 'first.read' : 'first.picture.unread')}
          </Text>
        </Group>
        <Group justify="space-between">
          <Button variant="default" onClick={back}>
            {words.text('import.back')}
          </Button>
          <Button ref={submit} type="submit" loading={busy} disabled={code.trim() === ''}>
            {words.text('first.join.do')}
          </Button>
        </Group>
      </Stack>
      {looking ? (
        <Suspense fallback={null}>
          <CameraDialog found={found} close={() => setLooking(false)} />
        </Suspense>
      ) : null}
    </form>
  );
}
