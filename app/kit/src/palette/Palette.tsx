// Any record and any action by a few letters. Owns the field and the choice; actions come from outside, records from the node.
import { Kbd, Modal, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useState } from 'react';
import { kindsQuery, useSearch } from '../api/queries';
import { paths, useGo } from '../place/place';
import { useWords } from '../words/useWords';
import classes from './Palette.module.css';

export interface PaletteAction {
  id: string;
  label: string;
  run: () => void;
}

interface Choice {
  id: string;
  label: string;
  hint: string;
  run: () => void;
}

/** Case and accents aside, each word the beginning of a word. */
export function fits(label: string, typed: string): boolean {
  const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain(label).split(/[^\p{L}\p{N}]+/u);
  return plain(typed).split(/\s+/).filter((word) => word !== '').every((word) => words.some((own) => own.startsWith(word)));
}

export function Palette({ opened, close, actions }: { opened: boolean; close: () => void; actions: PaletteAction[] }) {
  const words = useWords();
  if (!opened) return null;
  return (
    <Modal.Root opened onClose={close} padding={0} size="lg" yOffset="10vh" transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={words.text('keys.palette')}>
        <Modal.Body>
          <Inner close={close} actions={actions} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Inner({ close, actions }: { close: () => void; actions: PaletteAction[] }) {
  const words = useWords();
  const go = useGo();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const [asked] = useDebouncedValue(typed, 60);
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const found = useSearch(asked);
  const records: Choice[] = (typed.trim() === '' ? [] : (found.data?.kinds ?? [])).flatMap((hits) =>
    hits.records.map((hit) => ({
      id: `${hits.kind}/${hit.id}`,
      label: hit.reference ? `${hit.title} (${hit.reference})` : hit.title,
      hint: words.kindOne(hits.kind, kinds.data?.find((kind) => kind.kind === hits.kind)?.label),
      run: () => go(paths.record(hits.kind, hit.id)),
    })),
  );
  const acts: Choice[] = actions.filter((action) => fits(action.label, typed)).map((action) => ({ ...action, hint: words.text('palette.action') }));
  const choices = typed.trim() === '' ? acts : [...records, ...acts];
  const last = Math.max(0, choices.length - 1);
  const place = Math.min(at, last);
  useEffect(() => {
    document.getElementById(`${id}-${place}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, place]);
  const run = (choice: Choice | undefined) => {
    if (!choice) return;
    close();
    choice.run();
  };
  return (
    <div>
      <TextInput
        // At once: whoever pressed Ctrl+K is typing already.
        autoFocus
        data-autofocus
        size="md"
        variant="unstyled"
        px="md"
        dir="auto"
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={choices.length > 0 ? `${id}-${place}` : undefined}
        aria-label={words.text('keys.palette')}
        placeholder={words.text('palette.placeholder')}
        rightSection={<Kbd size="xs">Esc</Kbd>}
        rightSectionWidth={56}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) {
            event.preventDefault();
            setAt(Math.max(0, Math.min(last, place + step)));
          } else if (event.key === 'Enter') {
            event.preventDefault();
            run(choices[place]);
          }
        }}
      />
      <div id={`${id}-list`} role="listbox" aria-label={words.text('keys.palette')} className={classes.list}>
        {choices.map((choice, index) => (
          <UnstyledButton
            key={choice.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === place}
            tabIndex={-1}
            className={classes.choice}
            data-on={index === place || undefined}
            onClick={() => run(choice)}
          >
            <bdi>{choice.label}</bdi>
            <span>{choice.hint}</span>
          </UnstyledButton>
        ))}
      </div>
      {choices.length === 0 && !found.isFetching ? (
        <Text size="sm" p="md">
          {words.text('grid.nothingFound')}
        </Text>
      ) : null}
    </div>
  );
}
