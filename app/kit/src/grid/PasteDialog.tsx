// A table that is pasted into a list: what it would change and what of it finds no place, before anything is written; then how far
// it is, what was refused row by row, and a way to take all of it back as one. Closing it meanwhile stops it.
import { Alert, Button, Group, Progress, Stack, Table, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { drawnBatch, undoBatch } from '../api/batches';
import { keys } from '../api/queries';
import { changeRecord } from '../api/records';
import { Dialog } from '../place/Dialog';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { useWords } from '../words/useWords';
import { cellText } from './cellText';
import { meant, writePaste, type PasteOutcome, type PastePlan } from './paste';

const SHOWN_ROWS = 8;
const SHOWN_REFUSED = 50;

export function PasteDialog({ kind, plan, close }: { kind: string; plan: PastePlan; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [batch] = useState(drawnBatch);
  const [done, setDone] = useState<number>();
  const [outcome, setOutcome] = useState<PasteOutcome>();
  const [problem, setProblem] = useState<unknown>();
  const [stopping, setStopping] = useState(false);
  const stop = useRef(false);
  const gone = useRef(false);
  const back = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    gone.current = false;
    stop.current = false;
    return () => {
      stop.current = true;
      gone.current = true;
    };
  }, []);
  const rows = plan.rows.filter((row) => row.cells.length > 0);
  const cells = rows.reduce((sum, row) => sum + row.cells.length, 0);
  const writing = done !== undefined && outcome === undefined;
  const refresh = () => {
    for (const queryKey of [keys.list(kind), ['record', kind], ['history', kind], keys.batches, keys.status]) void client.invalidateQueries({ queryKey });
  };
  const takeBack = async () => {
    const undone = await undoBatch(batch);
    toasts.say(words.text('imports.undone', { archived: undone.archived, reverted: undone.reverted, left: undone.left }));
    refresh();
  };
  const summary = ({ written, refused, left }: PasteOutcome) => words.text('paste.outcome', { written, refused: refused.length, left });
  const write = async () => {
    setDone(0);
    // The button that was pressed goes; the keyboard stays in the dialog.
    back.current?.focus();
    const ended = await writePaste(
      rows,
      (row) => {
        const set = Object.fromEntries(row.cells.map(({ column, value }) => [column.path, meant(column.field, value, (choice) => words.choice(column.field, choice))]));
        return changeRecord(kind, row.record.id, { set }, batch);
      },
      setDone,
      () => stop.current,
    );
    refresh();
    const undo = ended.written > 0 ? () => void takeBack().catch(toasts.fail) : undefined;
    if (gone.current || (ended.refused.length === 0 && ended.left === 0)) {
      toasts.say(summary(ended), undo);
      if (!gone.current) close();
    } else setOutcome(ended);
  };
  const away = () => {
    if (!writing) return close();
    stop.current = true;
    setStopping(true);
  };
  const undo = async () => {
    setProblem(undefined);
    try {
      await takeBack();
      close();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog size="lg" title={words.text('paste.title')} close={away}>
      <Stack>
        {outcome ? (
          <Alert color="yellow" role="status">
            {summary(outcome)}
          </Alert>
        ) : (
          <>
            <Text size="sm">{words.text('paste.what', { cells, records: rows.length })}</Text>
            <LeftOut plan={plan} />
            <Preview plan={plan} />
          </>
        )}
        {writing ? (
          <Group wrap="nowrap">
            <Progress flex={1} value={(100 * done) / rows.length} aria-label={words.text('paste.title')} />
            <Text size="sm" role="status">
              {words.text('paste.far', { done, of: rows.length })}
            </Text>
          </Group>
        ) : null}
        {outcome?.failed ? <ProblemAlert error={outcome.failed} /> : null}
        {problem ? <ProblemAlert error={problem} /> : null}
        {outcome?.refused.slice(0, SHOWN_REFUSED).map(({ record, problem }) => (
          <Text size="sm" c="red" key={record.id}>
            <bdi>{record.title}</bdi>: {words.problem(problem.code)} <bdi>{problem.params.value ?? ''}</bdi>
          </Text>
        ))}
        {(outcome?.refused.length ?? 0) > SHOWN_REFUSED ? <Text size="sm">{words.text('import.further', { count: (outcome?.refused.length ?? 0) - SHOWN_REFUSED })}</Text> : null}
        <Group justify="flex-end">
          <Button variant="default" ref={back} onClick={away} loading={stopping && writing}>
            {words.text(writing ? 'import.cancel' : outcome ? 'action.close' : 'action.cancel')}
          </Button>
          {outcome && outcome.written > 0 ? (
            <Button variant="light" onClick={() => void undo()}>
              {words.text('paste.undo')}
            </Button>
          ) : null}
          {done === undefined ? (
            <Button data-autofocus disabled={cells === 0} onClick={() => void write()}>
              {words.text('paste.do')}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Dialog>
  );
}

/** What of the table goes nowhere, and why. */
function LeftOut({ plan }: { plan: PastePlan }) {
  const words = useWords();
  return (
    <>
      {plan.rowsBeyond > 0 ? <Text size="sm">{words.text('paste.beyond', { count: plan.rowsBeyond })}</Text> : null}
      {plan.columnsBeyond > 0 ? <Text size="sm">{words.text('paste.columnsBeyond', { count: plan.columnsBeyond })}</Text> : null}
      {plan.closed.map(({ column, cells }) => (
        <Text size="sm" key={column.path}>
          {words.text('paste.closed', { count: cells, column: words.field(column.field) })}
        </Text>
      ))}
    </>
  );
}

function Preview({ plan }: { plan: PastePlan }) {
  const words = useWords();
  return (
    <Table fz="sm">
      <Table.Tbody>
        {plan.rows.slice(0, SHOWN_ROWS).map((row) => (
          <Table.Tr key={row.record.id}>
            <Table.Td>
              <bdi>{row.record.title}</bdi>
            </Table.Td>
            <Table.Td>
              {row.cells.map((cell) => (
                <Text size="sm" key={cell.column.path}>
                  {words.text('label', { name: words.field(cell.column.field) })} <s>{cellText(words, cell.column, row.record)}</s> → <bdi>{cell.value || words.text('record.nothing')}</bdi>
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
