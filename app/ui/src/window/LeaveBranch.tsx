// What a window says of the branch's node that it uses, and how it leaves it. Nothing where it has a node of its own, and in a browser.
import { Button, Card, Text, Title } from '@mantine/core';
import { Ask, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { branchQuery, leaveBranch } from './branch';

export function LeaveBranch() {
  const words = useWords();
  const branch = useQuery(branchQuery);
  const [asking, setAsking] = useState(false);
  if (!branch.data) return null;
  const { site, name, address } = branch.data;
  return (
    <Card withBorder component="section" aria-labelledby="branch">
      <Title order={2} size="h5" id="branch" mb="xs">
        {words.text('branch.title')}
      </Title>
      <Text size="sm" mb="sm">
        {words.text('branch.is', { site, name, address })}
      </Text>
      <Button variant="default" onClick={() => setAsking(true)}>
        {words.text('branch.leave')}
      </Button>
      {asking ? (
        <Ask title={words.text('branch.leave.title', { site })} yes={words.text('branch.leave')} act={leaveBranch} close={() => setAsking(false)}>
          <Text size="sm">{words.text('branch.leave.what')}</Text>
        </Ask>
      ) : null}
    </Card>
  );
}
