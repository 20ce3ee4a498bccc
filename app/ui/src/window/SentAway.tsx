// A window that its branch's node let go while it was open: a new link is taken over what is on the screen, so that nothing typed is lost
// before the user has seen it.
import { Button } from '@mantine/core';
import { Dialog, useWords } from '@comptoir/kit';
import { useState } from 'react';
import { BranchForm } from './BranchForm';

export function SentAway() {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="compact-sm" onClick={() => setAsking(true)}>
        {words.text('branch.newLink')}
      </Button>
      {asking ? (
        <Dialog title={words.text('branch.title')} close={() => setAsking(false)}>
          <BranchForm />
        </Dialog>
      ) : null}
    </>
  );
}
