// Short notices of what was done, with a way to take it back, by mouse or by Ctrl+Z. Owns how long they stay: while one is pointed at or
// has the keyboard, none of them goes. Read out as they come.
import { Button, Code, CopyButton, Group, Notification, Stack, Text } from '@mantine/core';
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type FocusEvent, type ReactNode } from 'react';
import type { Problem } from '../api/problem';
import { useKeys } from '../keys/useKeys';
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
  const [held, setHeld] = useState(false);
  const next = useRef(0);
  const stack = useRef<HTMLDivElement>(null);
  /** What had the keyboard before a notice took it. */
  const before = useRef<HTMLElement>(undefined);
  const show = useCallback((toast: Omit<Toast, 'id'>) => {
    const id = ++next.current;
    setToasts((toasts) => [...toasts.slice(-3), { ...toast, id }]);
  }, []);
  const close = useCallback((id: number) => {
    setToasts((toasts) => toasts.filter((toast) => toast.id !== id));
    // What goes tells nobody that the pointer or the keyboard left it.
    setHeld(false);
    if (stack.current?.contains(document.activeElement) && before.current?.isConnected) before.current.focus({ preventScroll: true });
  }, []);
  const undo = (toast: Toast) => {
    close(toast.id);
    toast.undo?.();
  };
  const last = toasts.findLast((toast) => toast.undo);
  useKeys({ 'Ctrl+z': last ? () => undo(last) : undefined });
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
  const entered = (event: FocusEvent) => {
    const from = event.relatedTarget;
    if (from instanceof HTMLElement && !stack.current?.contains(from)) before.current = from;
    setHeld(true);
  };
  return (
    <ToastContext.Provider value={value}>
      {children}
      {/* Above the bar that saves: what was done must not stand in the way of what is done next. */}
      <Stack
        ref={stack}
        gap="xs"
        pos="fixed"
        bottom={72}
        right={16}
        maw={420}
        style={{ zIndex: 400 }}
        aria-live="polite"
        role="status"
        onMouseMove={() => setHeld(true)}
        onMouseLeave={() => setHeld(false)}
        onFocus={entered}
        onBlur={() => setHeld(false)}
      >
        {toasts.map((toast) => (
          <Shown key={toast.id} toast={toast} held={held} close={close} undo={undo} />
        ))}
      </Stack>
    </ToastContext.Provider>
  );
}

function Shown({ toast, held, close, undo }: { toast: Toast; held: boolean; close: (id: number) => void; undo: (toast: Toast) => void }) {
  const words = useWords();
  useEffect(() => {
    if (held) return;
    const over = setTimeout(() => close(toast.id), toast.problem ? STAYS_MS * 2 : STAYS_MS);
    return () => clearTimeout(over);
  }, [held, toast, close]);
  return (
    <Notification withBorder color={toast.problem ? 'red' : 'teal'} onClose={() => close(toast.id)} closeButtonProps={{ 'aria-label': words.text('action.close') }}>
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
          <Button size="compact-xs" variant="light" title="Ctrl+Z" onClick={() => undo(toast)}>
            {words.text('action.undo')}
          </Button>
        ) : null}
      </Group>
    </Notification>
  );
}
