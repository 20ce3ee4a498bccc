// Short notices of what was done, with a way to take it back. Owns how long they stay; read out as they come.
import { Button, Code, CopyButton, Group, Notification, Stack, Text } from '@mantine/core';
import { createContext, useCallback, useContext, useMemo, useRef, useState, type ReactNode } from 'react';
import type { Problem } from '../api/client';
import { asProblem, details } from './ProblemAlert';
import { useWords } from '../words/useWords';

interface Toast {
  id: number;
  text: string;
  problem?: Problem;
  undo?: () => void;
}

interface Toasts {
  say: (text: string, undo?: () => void) => void;
  fail: (error: unknown) => void;
}

const ToastContext = createContext<Toasts>({ say: () => undefined, fail: () => undefined });
export const useToasts = () => useContext(ToastContext);

const STAYS_MS = 8_000;

export function ToastProvider({ children }: { children: ReactNode }) {
  const words = useWords();
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);
  const close = useCallback((id: number) => setToasts((toasts) => toasts.filter((toast) => toast.id !== id)), []);
  const show = useCallback(
    (toast: Omit<Toast, 'id'>) => {
      const id = ++next.current;
      setToasts((toasts) => [...toasts.slice(-3), { ...toast, id }]);
      setTimeout(() => close(id), toast.problem ? STAYS_MS * 2 : STAYS_MS);
    },
    [close],
  );
  const value = useMemo<Toasts>(
    () => ({
      say: (text, undo) => show({ text, ...(undo ? { undo } : {}) }),
      fail: (error) => {
        const problem = asProblem(error);
        show({ text: `${words.problem(problem.code)} ${words.advice(problem.code)}`, problem });
      },
    }),
    [show, words],
  );
  return (
    <ToastContext.Provider value={value}>
      {children}
      {/* Above the bar that saves: what was done must not stand in the way of what is done next. */}
      <Stack gap="xs" pos="fixed" bottom={72} right={16} maw={420} style={{ zIndex: 400 }} aria-live="polite" role="status">
        {toasts.map((toast) => (
          <Notification
            key={toast.id}
            withBorder
            color={toast.problem ? 'red' : 'teal'}
            onClose={() => close(toast.id)}
            closeButtonProps={{ 'aria-label': words.text('action.close') }}
          >
            <Group gap="xs" justify="space-between">
              <Text span size="sm">
                {toast.text}
              </Text>
              {toast.problem ? (
                <Group gap="xs">
                  <Code>{toast.problem.code}</Code>
                  <CopyButton value={details(toast.problem)}>
                    {({ copied, copy }) => (
                      <Button size="compact-xs" variant="subtle" color="red" onClick={copy}>
                        {words.text(copied ? 'problem.copied' : 'problem.copy')}
                      </Button>
                    )}
                  </CopyButton>
                </Group>
              ) : null}
              {toast.undo ? (
                <Button
                  size="compact-xs"
                  variant="light"
                  onClick={() => {
                    close(toast.id);
                    toast.undo?.();
                  }}
                >
                  {words.text('action.undo')}
                </Button>
              ) : null}
            </Group>
          </Notification>
        ))}
      </Stack>
    </ToastContext.Provider>
  );
}
