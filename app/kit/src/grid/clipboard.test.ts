// Tables to the clipboard and back.
import { expect, it } from 'vitest';
import { fromClipboard, toClipboard } from './clipboard';

it('cells survive tabs, quotes and breaks', () => {
  const rows = [
    ['Diop "le grand"', 'rue A\nThiès', ''],
    ['a\tb', '12,5', 'x'],
  ];
  expect(fromClipboard(toClipboard(rows))).toEqual(rows);
});
it('a spreadsheet ends its last row', () => {
  expect(fromClipboard('a\tb\r\nc\td\r\n')).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});
