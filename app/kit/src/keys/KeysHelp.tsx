// The keys, shown when `?` is pressed: all, or those that hold where it is shown.
import { Kbd, Table } from '@mantine/core';
import type { TextId } from '../words/catalogue';
import { Dialog } from '../place/Dialog';
import { useText } from '../words/useWords';

const KEYS: [string[], TextId][] = [
  [['Ctrl', 'K'], 'keys.palette'],
  [['?'], 'keys.help'],
  [['/'], 'keys.search'],
  [['n'], 'keys.new'],
  [['Alt', '←'], 'keys.previous'],
  [['Alt', '→'], 'keys.next'],
  [['Ctrl', 'S'], 'keys.save'],
  [['Ctrl', 'Z'], 'keys.undo'],
  [['↑', '↓', '←', '→'], 'keys.move'],
  [['Shift', '↓'], 'keys.extend'],
  [['s'], 'keys.sort'],
  [['Enter'], 'keys.open'],
  [['Ctrl', 'C'], 'keys.copy'],
  [['Ctrl', 'V'], 'keys.paste'],
  [['Tab'], 'keys.tab'],
  [['1', '2', '*'], 'keys.times'],
  [['Ctrl', 'Enter'], 'keys.post'],
  [['Space'], 'keys.choose'],
  [['Shift', 'Space'], 'keys.chooseTo'],
  [['Ctrl', 'A'], 'keys.chooseAll'],
  [['Esc'], 'keys.chooseNone'],
];

/** Told only where rows can be chosen. */
export const CHOOSING_KEYS: TextId[] = ['keys.choose', 'keys.chooseTo', 'keys.chooseAll', 'keys.chooseNone'];

/** Keys that bear a word, which is another one on a French keyboard. */
const NAMED: Partial<Record<string, TextId>> = { Enter: 'keys.key.enter', Shift: 'keys.key.shift', Space: 'keys.key.space' };

export function KeysHelp({ opened, close, only }: { opened: boolean; close: () => void; only?: TextId[] }) {
  const text = useText();
  if (!opened) return null;
  return (
    <Dialog title={text('keys.title')} close={close}>
      <Table verticalSpacing={5}>
        <Table.Tbody>
          {KEYS.filter(([, id]) => (only ? only.includes(id) : !CHOOSING_KEYS.includes(id))).map(([keys, id]) => (
            <Table.Tr key={id}>
              <Table.Td w={150}>
                {keys.map((key) => (
                  <Kbd key={key} mr={4}>
                    {NAMED[key] ? text(NAMED[key]) : key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{text(id)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Dialog>
  );
}
