// A dialog: over everything, with a name, closed by Escape; then the keyboard is where it was before. Owns its frame alone.
import { Group, Modal } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useText } from '../words/useWords';

export interface DialogProps {
  title: string;
  close: () => void;
  children: ReactNode;
  size?: string;
}

export function Dialog({ title, close, children, size = 'md' }: DialogProps) {
  const text = useText();
  useFocusBack();
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

/** The modal gives the focus back when it is told to close; here it goes whole, and what was focused in it with it. */
function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      setTimeout(() => {
        // Whoever closed it may have given the focus to what comes next.
        if (document.activeElement === document.body && before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      });
    };
  }, []);
}
