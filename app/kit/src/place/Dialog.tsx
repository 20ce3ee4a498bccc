// A dialog: over everything, with a name, closed by Escape. Owns its frame alone.
import { Group, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useText } from '../words/useWords';

export interface DialogProps {
  title: string;
  close: () => void;
  children: ReactNode;
  size?: string;
}

export function Dialog({ title, close, children, size = 'md' }: DialogProps) {
  const text = useText();
  return (
    <Modal.Root opened onClose={close} size={size} transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content>
        <Group justify="space-between" p="md" pb={0} wrap="nowrap">
          <Modal.Title fw={600}>{title}</Modal.Title>
          <Modal.CloseButton aria-label={text('action.close')} />
        </Group>
        <Modal.Body pt="sm">{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
