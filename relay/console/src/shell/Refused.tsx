// A screen of which nothing can be shown: what it is, and why not.
import { Stack, Title } from '@mantine/core';
import { ProblemAlert } from '@comptoir/kit';

export function Refused({ title, error }: { title: string; error: unknown }) {
  return (
    <Stack maw={820}>
      <Title order={1} size="h3">
        {title}
      </Title>
      <ProblemAlert error={error} />
    </Stack>
  );
}
