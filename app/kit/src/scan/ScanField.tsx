// The field that a barcode scanner types into. It has the focus whenever nothing else was chosen on purpose; codes are taken one
// after another, however fast they come; what was refused is heard, seen, and kept until somebody says what becomes of it. Owns the
// queue and what was refused; what a code means is its parent's.
import { Alert, Button, Group, Text, TextInput } from '@mantine/core';
import { useEffect, useImperativeHandle, useRef, useState, type Ref, type RefObject } from 'react';
import { keep } from '../place/kept';
import { asProblem } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { soundRefusal } from './sound';

/** A code that cannot be taken, with why, in words. */
export class ScanRefused extends Error {}

export interface ScanFieldProps {
  /** What is expected next. */
  label: string;
  hint: string;
  /** Under which name refused codes are kept in this browser. */
  name: string;
  /** Takes what was scanned and says what came of it, or throws. */
  take: (typed: string) => Promise<string>;
  /** Down from the empty field: into what was scanned. */
  down?: () => void;
  ref?: Ref<ScanHandle>;
}

export interface ScanHandle {
  focus: () => void;
  /** Waits for what was scanned; false where something is typed that nobody has entered yet. */
  idle: () => Promise<boolean>;
}

interface Refused {
  typed: string;
  why: string;
}

const place = (name: string) => `comptoir.draft.scan.${name}`;
const MOST_KEPT = 50;

function kept(name: string): Refused[] {
  try {
    return JSON.parse(localStorage.getItem(place(name)) ?? '[]') as Refused[];
  } catch {
    return [];
  }
}

export function ScanField({ label, hint, name, take, down, ref }: ScanFieldProps) {
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState('');
  const [refused, setRefused] = useState<Refused[]>(() => kept(name));
  const queue = useRef(Promise.resolve());
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    try {
      keep(place(name), refused.length === 0 ? undefined : JSON.stringify(refused));
    } catch {
      // They stay on the screen.
    }
  }, [name, refused]);
  useScannerFocus(field);
  useImperativeHandle(ref, () => ({
    focus: () => field.current?.focus(),
    idle: async () => {
      await queue.current;
      return (field.current?.value ?? '').trim() === '';
    },
  }), []);

  const submit = (text: string) => {
    if (text.trim() === '') return;
    queue.current = queue.current.then(async () => {
      try {
        setSaid(await latest.current(text));
      } catch (error) {
        const why = error instanceof ScanRefused ? error.message : words.problem(asProblem(error).code);
        soundRefusal();
        setSaid('');
        setRefused((refused) => [...refused, { typed: text.trim(), why }].slice(-MOST_KEPT));
      }
    });
  };
  const without = (at: number) => setRefused((refused) => refused.filter((_, index) => index !== at));
  return (
    <div>
      <TextInput
        ref={field}
        size="lg"
        label={label}
        description={hint}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        data-scan
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onKeyDown={(event) => {
          // With Ctrl it is the screen's: it posts what was scanned.
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
            event.preventDefault();
            submit(event.currentTarget.value);
            setTyped('');
          } else if (event.key === 'ArrowDown' && typed === '') {
            event.preventDefault();
            down?.();
          }
        }}
      />
      <Text size="sm" mt={4} mih={20} role="status" data-scan-said>
        {said}
      </Text>
      {refused.length > 0 ? (
        <Alert color="red" role="alert" mt="xs" title={words.text('scan.refused', { count: refused.length })}>
          {refused.map((one, at) => (
            <Group key={`${at}-${one.typed}`} gap="xs" mt={4}>
              <Text size="sm" fw={600} ff="monospace" dir="auto" style={{ overflowWrap: 'anywhere' }}>
                {one.typed}
              </Text>
              <Text size="sm">{one.why}</Text>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${words.text('label', { name: words.text('scan.again') })} ${one.typed}`}
                onClick={() => {
                  without(at);
                  submit(one.typed);
                  field.current?.focus();
                }}
              >
                {words.text('scan.again')}
              </Button>
              <Button
                size="compact-xs"
                variant="default"
                aria-label={`${words.text('label', { name: words.text('scan.dismiss') })} ${one.typed}`}
                onClick={() => {
                  without(at);
                  field.current?.focus();
                }}
              >
                {words.text('scan.dismiss')}
              </Button>
            </Group>
          ))}
        </Alert>
      ) : null}
    </div>
  );
}

/** Keeps the focus in the field while nothing else has it: what a scanner types must not get lost on the page. */
function useScannerFocus(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    const isFree = () => (document.activeElement === null || document.activeElement === document.body) && !document.querySelector('[role="dialog"][aria-modal="true"]');
    const take = () => {
      if (isFree()) field.current?.focus({ preventScroll: true });
    };
    const onFocusOut = () => setTimeout(take);
    // A key that is pressed while nothing has the focus still arrives in the field.
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) take();
    };
    take();
    // A lasting look: a dialog that closes, or another window, gives it back to nobody.
    document.addEventListener('focusout', onFocusOut);
    window.addEventListener('focus', take);
    window.addEventListener('keydown', onKeyDown, true);
    return () => {
      document.removeEventListener('focusout', onFocusOut);
      window.removeEventListener('focus', take);
      window.removeEventListener('keydown', onKeyDown, true);
    };
  }, [field]);
}
