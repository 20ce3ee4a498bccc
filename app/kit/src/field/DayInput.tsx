// A day: typed as people here write it, or picked from the browser's own calendar. (A browser's own field for days follows the browser's
// language, whatever the screen's.) Owns what counts as one.
import { ActionIcon, TextInput, type TextInputProps } from '@mantine/core';
import { useRef, useState } from 'react';
import { editableDay, isDay, plainDay } from '../format/days';
import { useWords } from '../words/useWords';

export interface DayInputProps extends Omit<TextInputProps, 'value' | 'onChange'> {
  /** As the API has it. */
  value: string;
  /** Hears of days and of none; `asTyped` also of what is neither, for the node to refuse it. */
  change: (day: string) => void;
  asTyped?: boolean;
  /** No calendar: there is no room for its button. */
  bare?: boolean;
}

export function DayInput({ value, change, asTyped = false, bare = false, readOnly = false, ...rest }: DayInputProps) {
  const words = useWords();
  const { locale } = words.intl;
  const [typed, setTyped] = useState<string>();
  const calendar = useRef<HTMLInputElement>(null);
  return (
    <TextInput
      {...rest}
      autoComplete="off"
      placeholder={readOnly ? '' : words.text('day.shape')}
      value={typed ?? editableDay(value, locale)}
      readOnly={readOnly}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        const day = plainDay(event.currentTarget.value, locale);
        if (asTyped || day === '' || isDay(day)) change(day);
      }}
      onBlur={() => setTyped(undefined)}
      rightSection={
        bare || readOnly ? null : (
          <>
            <ActionIcon variant="subtle" color="gray" tabIndex={-1} aria-label={words.text('day.pick')} onClick={() => calendar.current?.showPicker()}>
              <svg viewBox="0 0 16 16" width={14} height={14} fill="none" stroke="currentColor" aria-hidden>
                <path d="M2 3.5h12v10H2zM2 6.5h12M5 1.5v3M11 1.5v3" />
              </svg>
            </ActionIcon>
            <input
              ref={calendar}
              type="date"
              tabIndex={-1}
              aria-hidden
              max="9999-12-31"
              value={isDay(value) ? value : ''}
              style={{ position: 'absolute', insetInlineEnd: 0, insetBlockEnd: 0, width: 1, height: 1, padding: 0, border: 0, opacity: 0, pointerEvents: 'none' }}
              onChange={(event) => {
                setTyped(undefined);
                change(event.currentTarget.value);
              }}
            />
          </>
        )
      }
    />
  );
}
