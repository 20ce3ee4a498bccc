// The guided repair: compare, keep aside, rebuild, verify. Owns the order of the steps and what each leads to; nothing is rebuilt
// unasked, and nothing that was saved is ever lost by it, for the log is the truth and is read only.
import { Alert, Button, Card, Group, Loader, Stack, Stepper, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { statusQuery } from '../api/queries';
import { paths, PlaceLink } from '../place/place';
import { ProblemAlert } from '../problem/ProblemAlert';
import { useWords } from '../words/useWords';
import { Checks } from './Checks';
import { faults, found } from './findings';
import { KeepAside } from './KeepAside';
import { OtherSite } from './OtherSite';
import { VerifiedResult } from './VerifiedResult';
import { Waiting } from './Waiting';
import { repairWork, useRepair } from './work';

const [COMPARE, KEEP, REBUILD, VERIFY] = [0, 1, 2, 3];

export function RepairScreen() {
  const words = useWords();
  const client = useQueryClient();
  const status = useQuery(statusQuery);
  const doctor = useQuery({ queryKey: ['doctor'], queryFn: () => answer(api.GET('/api/v1/doctor')), staleTime: 0 });
  const repair = useRepair();
  // Who comes back finds the step at which they left, or at which the work is by now.
  const [step, setStep] = useState(() => (repair.running?.work === 'rebuild' ? REBUILD : repair.rebuilt ? VERIFY : COMPARE));
  const site = status.data?.site ?? '';
  const { verified, rebuilt, running } = repair;
  const mayRebuild = !verified || faults(verified.answer).damaged === 0;
  const rebuild = async () => {
    await repairWork.rebuild();
    // Records may read otherwise now.
    void client.invalidateQueries();
    if (repairWork.snapshot().rebuilt && repairWork.snapshot().problem === undefined) setStep(VERIFY);
  };
  const waiting = running ? <Waiting running={running} before={running.work === 'rebuild' ? verified?.took : undefined} /> : null;
  const problem = repair.problem ? (
    <ProblemAlert error={repair.problem}>
      <Button size="compact-xs" variant="light" color="red" onClick={() => setStep(KEEP)}>
        {words.text('repair.step.keep')}
      </Button>
    </ProblemAlert>
  ) : null;
  const verifying = (
    <>
      {waiting}
      {problem}
      {verified && !running ? <VerifiedResult verified={verified} /> : null}
      <Group>
        <Button variant="default" size="sm" disabled={running !== undefined} onClick={() => void repairWork.verify()}>
          {words.text('repair.stored.do')}
        </Button>
      </Group>
    </>
  );
  return (
    <Stack gap="lg" maw={960}>
      <Stack gap={2}>
        <PlaceLink to={paths.sync}>{words.text('sync.title')}</PlaceLink>
        <Title order={1} size="h3">
          {words.text('repair.title')}
        </Title>
        <Text size="sm">{words.text('repair.what')}</Text>
      </Stack>
      <Stepper active={step} onStepClick={setStep} size="sm">
        <Stepper.Step label={words.text('repair.step.compare')} />
        <Stepper.Step label={words.text('repair.step.keep')} />
        <Stepper.Step label={words.text('repair.step.rebuild')} />
        <Stepper.Step label={words.text('repair.step.verify')} />
      </Stepper>

      {step === COMPARE ? (
        <>
          <Card withBorder component="section" aria-labelledby="checks">
            <Group justify="space-between" mb="xs">
              <Title order={2} size="h5" id="checks">
                {words.text('repair.checks')}
              </Title>
              <Button size="compact-sm" variant="subtle" loading={doctor.isFetching} onClick={() => void Promise.all([doctor.refetch(), status.refetch()])}>
                {words.text('repair.again')}
              </Button>
            </Group>
            {doctor.error ? <ProblemAlert error={doctor.error} /> : null}
            {doctor.data && status.data ? <Checks found={found(doctor.data, status.data)} /> : doctor.error ? null : <Loader size="sm" aria-label={words.text('loading')} />}
          </Card>
          <Card withBorder component="section" aria-labelledby="stored">
            <Title order={2} size="h5" id="stored" mb="xs">
              {words.text('repair.stored')}
            </Title>
            <Stack gap="sm">
              <Text size="sm">{words.text('repair.stored.what')}</Text>
              {verifying}
            </Stack>
          </Card>
          <Card withBorder component="section" aria-labelledby="other">
            <Title order={2} size="h5" id="other" mb="xs">
              {words.text('repair.sites.title')}
            </Title>
            <OtherSite site={site} />
          </Card>
          <Next label={words.text('repair.next', { step: words.text('repair.step.keep') })} go={() => setStep(KEEP)} />
        </>
      ) : null}

      {step === KEEP ? (
        <>
          <Card withBorder>
            <KeepAside site={site} />
          </Card>
          <Next label={words.text('repair.next', { step: words.text('repair.step.rebuild') })} go={() => setStep(REBUILD)} />
        </>
      ) : null}

      {step === REBUILD ? (
        <Card withBorder>
          <Stack gap="sm">
            <Text size="sm">{words.text('repair.rebuild.what')}</Text>
            {verified?.answer.sound && !running ? <Text size="sm">{words.text('repair.rebuild.notNeeded')}</Text> : null}
            {mayRebuild ? null : <Alert color="yellow">{words.text('repair.then.damaged')}</Alert>}
            {waiting}
            {problem}
            <Group>
              <Button size="sm" disabled={running !== undefined || !mayRebuild} onClick={() => void rebuild()}>
                {words.text('repair.rebuild.do')}
              </Button>
            </Group>
          </Stack>
        </Card>
      ) : null}

      {step === VERIFY ? (
        <Card withBorder>
          <Stack gap="sm">
            {rebuilt ? (
              <Text size="sm" role="status">
                {words.text('repair.rebuilt', { entries: rebuilt.answer.entries, records: rebuilt.answer.records })}{' '}
                {rebuilt.answer.changed.length === 0
                  ? words.text('repair.rebuilt.same')
                  : words.text('repair.rebuilt.changed', { scopes: rebuilt.answer.changed.map((scope) => words.scope(scope)).join(', ') })}
              </Text>
            ) : (
              <Text size="sm">{words.text('repair.verify.what')}</Text>
            )}
            {verifying}
          </Stack>
        </Card>
      ) : null}
    </Stack>
  );
}

function Next({ label, go }: { label: string; go: () => void }) {
  return (
    <Group justify="flex-end">
      <Button size="sm" onClick={go}>
        {label}
      </Button>
    </Group>
  );
}
