// Using a branch's node: its link, pasted or opened by the desktop.
import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { ProblemAlert, useWords } from '@comptoir/kit';
import { useState } from 'react';
import { enterBranch, linkIn } from './branch';

export function BranchForm({ link: given = '', back }: { link?: string; back?: () => void }) {
  const words = useWords();
  const [link, setLink] = useState(given);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const enter = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await enterBranch(linkIn(link));
    } catch (error) {
      setProblem(error);
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void enter();
      }}
    >
      <Stack>
        <Text size="sm">{words.text('branch.how')}</Text>
        <Textarea
          label={words.text('branch.link')}
          autosize
          minRows={2}
          autoComplete="off"
          spellCheck={false}
          value={link}
          onChange={(event) => setLink(event.currentTarget.value)}
        />
        {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
        <Group>
          {back ? (
            <Button variant="default" onClick={back}>
              {words.text('import.back')}
            </Button>
          ) : null}
          <Button type="submit" loading={busy} disabled={link.trim() === ''}>
            {words.text('branch.do')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
