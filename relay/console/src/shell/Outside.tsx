// The frame of what is seen before anybody is signed in: the mark, the words, the language.
import { Container, Group, Stack, Title } from '@mantine/core';
import { LanguageSwitch } from '@comptoir/kit';
import type { ReactNode } from 'react';

export function Outside({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Container size={480} py="8vh" component="main">
      <Stack gap="lg">
        <Group justify="space-between">
          <Group gap="sm" wrap="nowrap">
            <img src="/favicon.svg" alt="" width={36} height={36} />
            <Title order={1} size="h3">
              {title}
            </Title>
          </Group>
          <LanguageSwitch />
        </Group>
        {children}
      </Stack>
    </Container>
  );
}
