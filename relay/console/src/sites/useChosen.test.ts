// Nothing is chosen that is not shown: what leaves the list leaves the choice, does not come back with it, and is counted.
import { act, cleanup, renderHook } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { useChosen } from './useChosen';

afterEach(cleanup);

function choosing(...codes: string[]) {
  const seen: string[][] = [];
  const start: { shown: Set<string> | undefined } = { shown: new Set(['PAR', 'DKR', 'THS']) };
  const hook = renderHook(
    ({ shown }: typeof start) => {
      const choice = useChosen(shown);
      seen.push([...choice.chosen]);
      return choice;
    },
    { initialProps: start },
  );
  act(() => hook.result.current.choose(new Set(codes)));
  const now = () => [[...hook.result.current.chosen], hook.result.current.gone] as const;
  return { ...hook, now, seen };
}

it('a filter takes what it does not show out of the choice, and counts it', () => {
  const { rerender, now, seen } = choosing('DKR', 'THS');
  seen.splice(0);
  rerender({ shown: new Set(['PAR', 'DKR']) });
  // Not even for one drawing.
  expect(seen.every((codes) => !codes.includes('THS'))).toBe(true);
  expect(now()).toEqual([['DKR'], 1]);
  rerender({ shown: new Set(['PAR']) });
  expect(now()).toEqual([[], 2]);
  rerender({ shown: new Set(['PAR', 'DKR', 'THS']) });
  expect(now()).toEqual([[], 2]);
});

it('what left is told until something else is chosen', () => {
  const { rerender, result, now } = choosing('DKR', 'THS');
  rerender({ shown: new Set(['DKR']) });
  act(() => result.current.choose(new Set()));
  expect(now()).toEqual([[], 0]);
});

it('what is done with leaves, and is not counted as lost', () => {
  const { result, now } = choosing('DKR', 'THS', 'PAR');
  act(() => result.current.leave(['DKR', 'PAR']));
  expect(now()).toEqual([['THS'], 0]);
});

it('nothing leaves while it is not known what there is', () => {
  const { rerender, now } = choosing('DKR');
  rerender({ shown: undefined });
  expect(now()).toEqual([['DKR'], 0]);
});
