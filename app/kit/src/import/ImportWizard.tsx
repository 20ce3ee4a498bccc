// Bringing a file in: choose it, say what its columns are, try it, write just what was tried, take it back. Owns the steps; rows
// are judged by the node, at the trial as at the writing.
import { Alert, Button, FileInput, Group, Loader, Progress, Stack, Stepper, Text, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { drawnBatch, undoBatch } from '../api/batches';
import { wasAborted } from '../api/problem';
import { onImport, type ImportProgress } from '../api/events';
import { keys, kindsQuery, schemaQuery } from '../api/queries';
import { importFile } from '../api/transfer';
import type { ImportReport } from '../api/types';
import { paths, PlaceLink, useGo } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useToasts } from '../problem/toasts';
import { useWords } from '../words/useWords';
import { Columns, Names } from './Columns';
import { fileHeader, type FileHeader } from './header';
import { MAPPINGS, type KeptMapping } from './mappings';
import { RefusedRows } from './RefusedRows';
import { guess, targets } from './targets';

export function ImportWizard({ kind }: { kind: string }) {
  const words = useWords();
  const go = useGo();
  const client = useQueryClient();
  const toasts = useToasts();
  const schema = useQuery(schemaQuery(kind, words.intl.locale));
  const kinds = useQuery(kindsQuery(words.intl.locale));
  const [step, setStep] = useState(0);
  const [file, setFile] = useState<File | null>(null);
  const [header, setHeader] = useState<FileHeader>();
  const [mapping, setMapping] = useState<Record<string, string>>({});
  const [tried, setTried] = useState<ImportReport>();
  const [written, setWritten] = useState<ImportReport>();
  const [kept, setKept] = useState<KeptMapping>();
  const [saveAs, setSaveAs] = useState('');
  const [problem, setProblem] = useState<unknown>();
  const [progress, setProgress] = useState<ImportProgress>();
  const [busy, setBusy] = useState(false);
  const cancel = useRef<AbortController>(undefined);
  // Other windows, and commands, import too: only what names this act is ours.
  const act = useRef('');
  useEffect(() => onImport((progress) => progress.batch === act.current && setProgress(progress)), []);
  useEffect(() => () => cancel.current?.abort(), []);
  const offered = useMemo(
    () => (schema.data ? targets(schema.data, words.field, words.lines) : []),
    [schema.data, words],
  );
  const map = Object.entries(mapping).map(([column, target]) => `${column}=${target}`);

  const choose = async (chosen: File | null, sheet?: string) => {
    setProblem(undefined);
    setFile(chosen);
    // Another sheet of the same file takes this one's place where it stands.
    if (sheet === undefined) setHeader(undefined);
    setKept(undefined);
    if (!chosen) return;
    const found = await fileHeader(chosen, sheet);
    setHeader(found);
    setMapping(Object.fromEntries(found.columns.filter((column) => column !== '').map((column) => [column, guess(column, offered)])));
    setStep(1);
  };
  const send = async (dryRun: boolean) => {
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    setProgress(undefined);
    cancel.current = new AbortController();
    act.current = drawnBatch();
    try {
      const report = await importFile(
        {
          kind,
          file,
          batch: act.current,
          dryRun,
          map,
          ...(header?.sheet === undefined ? {} : { sheet: header.sheet }),
          ...(kept?.hasDefaults ? { mapping: kept.id } : {}),
          ...(dryRun || !tried?.plan ? {} : { plan: tried.plan }),
          ...(!dryRun && saveAs.trim() !== '' ? { saveMapping: saveAs.trim() } : {}),
        },
        cancel.current.signal,
      );
      if (dryRun) {
        setTried(report);
        setStep(2);
      } else {
        setWritten(report);
        setStep(3);
        refresh();
      }
    } catch (error) {
      if (wasAborted(error)) {
        toasts.say(words.text(dryRun ? 'import.trialStopped' : 'import.stopped'));
        refresh();
      } else setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const refresh = () => {
    for (const queryKey of [keys.list(kind), keys.list(MAPPINGS), keys.batches, keys.status, keys.inbox]) void client.invalidateQueries({ queryKey });
  };
  const undo = async () => {
    const id = written?.batch;
    if (!id) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const undone = await undoBatch(id);
      toasts.say(words.text('imports.undone', { archived: undone.archived, reverted: undone.reverted, left: undone.left }));
      refresh();
      go(paths.list(kind));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  const label = kinds.data?.find((known) => known.kind === kind)?.label;
  if (schema.error) return <ProblemAlert error={schema.error} />;
  if (!schema.data) return <Loader size="sm" aria-label={words.text('loading')} />;
  const working = busy ? (
    <Group>
      <Progress
        w={260}
        aria-label={words.text('import.progress')}
        value={progress?.of ? (100 * progress.rows) / progress.of : 100}
        animated={!progress?.of}
      />
      <Text size="sm" role="status">
        {progress ? (progress.of ? words.text('import.rowsOf', { rows: progress.rows, of: progress.of }) : words.text('import.rows', { rows: progress.rows })) : words.text('import.working')}
      </Text>
      <Button variant="default" size="compact-sm" onClick={() => cancel.current?.abort()}>
        {words.text('import.cancel')}
      </Button>
    </Group>
  ) : null;
  return (
    <Stack gap="md" maw={980}>
      <Stack gap={2}>
        <PlaceLink to={paths.list(kind)}>{words.kind(kind, label)}</PlaceLink>
        <Title order={1} size="h3">
          {words.text('import.title', { kind: words.kind(kind, label) })}
        </Title>
      </Stack>
      <Stepper active={step} size="xs" allowNextStepsSelect={false} onStepClick={(to) => to < step && step < 3 && setStep(to)}>
        <Stepper.Step label={words.text('import.step.file')} />
        <Stepper.Step label={words.text('import.step.columns')} />
        <Stepper.Step label={words.text('import.step.trial')} />
      </Stepper>
      {problem ? <ProblemAlert error={problem} close={() => setProblem(undefined)} /> : null}
      {step === 0 ? (
        <FileInput
          label={words.text('import.file')}
          description={words.text('import.file.what')}
          placeholder={words.text('import.file.choose')}
          accept=".csv,.txt,.tsv,.xlsx,.vcf"
          value={file}
          onChange={(chosen) => void choose(chosen)}
          maw={460}
        />
      ) : null}
      {step === 1 && header ? (
        <Stack>
          <Text size="sm">
            <bdi>{file?.name}</bdi>
          </Text>
          <Columns kind={kind} header={header} offered={offered} mapping={mapping} map={setMapping} kept={kept} keep={setKept} choose={(sheet) => void choose(file, sheet)} />
          <Group>
            <Button variant="default" onClick={() => setStep(0)} disabled={busy}>
              {words.text('import.back')}
            </Button>
            <Button onClick={() => void send(true)} loading={busy}>
              {words.text('import.try')}
            </Button>
          </Group>
          {working}
        </Stack>
      ) : null}
      {step === 2 && tried ? (
        <Stack>
          <Alert color={(tried.refused_rows ?? 0) > 0 ? 'yellow' : 'teal'} title={words.text('import.trial')}>
            {words.text('import.would', { created: tried.created, changed: tried.changed, unchanged: tried.unchanged, refused: tried.refused_rows ?? tried.refused.length })}
          </Alert>
          {(tried.ignored_columns?.length ?? 0) > 0 ? (
            <Text size="sm">
              {words.text('import.ignored')} <Names of={tried.ignored_columns ?? []} />
            </Text>
          ) : null}
          <RefusedRows refused={tried.refused} total={tried.refused_rows ?? tried.refused.length} schema={schema.data} />
          {map.length > 0 ? (
            <TextInput maw={360} size="sm" label={words.text('import.saveAs')} description={words.text('import.saveAs.what')} value={saveAs} onChange={(event) => setSaveAs(event.currentTarget.value)} />
          ) : null}
          <Group>
            <Button variant="default" onClick={() => setStep(1)} disabled={busy}>
              {words.text('import.back')}
            </Button>
            <Button onClick={() => void send(false)} loading={busy} disabled={tried.created + tried.changed === 0}>
              {words.text('import.write', { count: tried.created + tried.changed })}
            </Button>
          </Group>
          {working}
        </Stack>
      ) : null}
      {step === 3 && written ? (
        <Stack>
          <Alert color="teal" title={words.text('import.done')}>
            {words.text('import.did', { created: written.created, changed: written.changed, unchanged: written.unchanged, refused: written.refused_rows ?? written.refused.length })}
            {written.as_planned === false ? ` ${words.text('import.notAsPlanned')}` : ''}
          </Alert>
          <RefusedRows refused={written.refused} total={written.refused_rows ?? written.refused.length} schema={schema.data} />
          <Group>
            <Button onClick={() => go(paths.list(kind))}>{words.text('import.toList')}</Button>
            {written.batch ? (
              <Button variant="default" loading={busy} onClick={() => void undo()}>
                {words.text('imports.undo')}
              </Button>
            ) : null}
            {busy ? (
              <Text size="sm" role="status">
                {words.text('imports.undoing', { count: written.created + written.changed })}
              </Text>
            ) : null}
          </Group>
        </Stack>
      ) : null}
    </Stack>
  );
}

