// A text that is handed on: to read, to copy, and as a picture to scan where that helps.
import { Button, Code, CopyButton, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../words/useWords';
import { QrCode } from './QrCode';

export interface ToCopyProps {
  text: string;
  /** What the button says. */
  copy: string;
  /** What the button is called, where several say the same. */
  name?: string;
  /** What the picture holds, where that is more than the text. */
  shown?: string;
  /** What the picture is; none without it. */
  picture?: string;
  /** What is said above. */
  children: ReactNode;
}

export function ToCopy({ text, copy, name, shown = text, picture, children }: ToCopyProps) {
  const said = useText();
  return (
    <Group align="start">
      {picture === undefined ? null : <QrCode text={shown} label={picture} />}
      <Stack gap="xs" style={{ minWidth: 0, flex: '1 1 200px' }}>
        {children}
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {text}
        </Code>
        <CopyButton value={text}>
          {(button) => (
            <Button size="compact-sm" variant="default" w="fit-content" onClick={button.copy} {...(name === undefined ? {} : { 'aria-label': name })}>
              {button.copied ? said('problem.copied') : copy}
            </Button>
          )}
        </CopyButton>
      </Stack>
    </Group>
  );
}
