// What only the app's window asks and says: whether to quit with work that is not sent, and what a link means where there is
// a node already. Owns the drawing; when to ask is the program's to say. A node that is not set up yet takes the code as
// a browser would: by the address.
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { asProblem, Dialog, statusQuery, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { BranchForm } from './BranchForm';
import { answerQuit, linkTaken, onTold } from './ipc';

export function WindowDialogs() {
  const words = useWords();
  const [unsent, setUnsent] = useState<number>();
  const [code, setCode] = useState<string>();
  const [link, setLink] = useState<string>();
  const status = useQuery(statusQuery);
  useEffect(
    () =>
      onTold((told) => {
        if (told.told === 'quit') setUnsent(told.unsent);
        if (told.told === 'join') setCode(told.code);
        if (told.told === 'node') setLink(told.link);
      }),
    [],
  );
  const isNew = status.error !== null && asProblem(status.error).code === 'not-set-up';
  useEffect(() => {
    if (code === undefined || !isNew) return;
    linkTaken();
    setCode(undefined);
    window.location.hash = `#join=${code}`;
  }, [code, isNew]);
  const answer = (leave: boolean) => {
    setUnsent(undefined);
    void answerQuit(leave);
  };
  const forget = () => {
    linkTaken();
    setCode(undefined);
    setLink(undefined);
  };
  return (
    <>
      {unsent === undefined ? null : (
        <Dialog title={words.text('window.quit.title')} close={() => answer(false)}>
          <Stack>
            <Text size="sm">{words.text('window.quit.what', { count: unsent })}</Text>
            <Group justify="flex-end">
              <Button variant="default" data-autofocus onClick={() => answer(false)}>
                {words.text('window.quit.stay')}
              </Button>
              <Button color="red" onClick={() => answer(true)}>
                {words.text('window.quit.do')}
              </Button>
            </Group>
          </Stack>
        </Dialog>
      )}
      {code === undefined || !status.data ? null : (
        <Dialog title={words.text('window.join.title')} close={forget}>
          <Stack>
            <Text size="sm">{words.text('window.join.elsewhere', { site: status.data.site, organisation: status.data.organisation.name })}</Text>
            <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              {code}
            </Code>
          </Stack>
        </Dialog>
      )}
      {link === undefined ? null : (
        <Dialog title={words.text('branch.title')} close={forget}>
          <BranchForm link={link} />
        </Dialog>
      )}
    </>
  );
}
