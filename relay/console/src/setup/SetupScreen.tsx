// Setting an account up with a one-time code. Owns asking the relay; the order of the steps is steps.ts's.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { asProblem, isLongEnough, ProblemAlert, ToCopy } from '@comptoir/kit';
import { useReducer, useState, type ReactNode } from 'react';
import { answer, api } from '../api/client';
import { CodeField } from '../shell/CodeField';
import { Outside } from '../shell/Outside';
import { places } from '../shell/place';
import { useWords } from '../words/useWords';
import { forgetCode, keptCode } from './link';
import { NewPassword } from './NewPassword';
import { RecoveryCodes } from './RecoveryCodes';
import { begun, stepAfter, STEPS, type Event, type Step } from './steps';

export function SetupScreen() {
  const words = useWords();
  const [step, happened] = useReducer(stepAfter, undefined, () => begun(keptCode()));
  // Above the steps: a refusal may lead back to another one.
  const [problem, refused] = useState<unknown>();
  return (
    <Outside title={words.text('setup.title')}>
      <Text size="sm" c="dimmed" role="status">
        {words.text('setup.step', { step: STEPS.indexOf(step.at) + 1, of: STEPS.length })} · {words.text(`setup.step.${step.at}`)}
      </Text>
      {problem ? <ProblemAlert error={problem} /> : null}
      <Shown key={step.at} step={step} happened={happened} refused={refused} problem={problem} />
    </Outside>
  );
}

interface Heard {
  happened: (event: Event) => void;
  /** Hears of what was refused, and of what is no more. */
  refused: (problem: unknown) => void;
  /** What was. */
  problem: unknown;
}

interface Asked<At extends Step['at']> extends Heard {
  step: Extract<Step, { at: At }>;
}

function Shown({ step, ...heard }: { step: Step } & Heard) {
  switch (step.at) {
    case 'code':
      return <Code step={step} {...heard} />;
    case 'password':
      return <Password step={step} {...heard} />;
    case 'authenticator':
      return <Authenticator step={step} {...heard} />;
    case 'recovery':
      return <RecoveryCodes name={step.done.name} codes={step.done.recovery_codes} done={() => window.location.assign(places.sites)} />;
  }
}

interface FormProps extends Heard {
  yes: string;
  isReady: boolean;
  ask: () => Promise<Event>;
  isFirst?: boolean;
  children: ReactNode;
}

/** What each step has: fields, on and back. */
function StepForm({ yes, isReady, ask, happened, refused, isFirst = false, children }: FormProps) {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    refused(undefined);
    try {
      happened(await ask());
    } catch (error) {
      refused(error);
      happened({ is: 'refused', code: asProblem(error).code });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && isReady) void submit();
      }}
    >
      <Stack>
        {children}
        <Group justify={isFirst ? 'flex-end' : 'space-between'}>
          {isFirst ? null : (
            <Button
              variant="default"
              onClick={() => {
                refused(undefined);
                happened({ is: 'back' });
              }}
            >
              {words.text('setup.back')}
            </Button>
          )}
          <Button type="submit" loading={busy} disabled={!isReady}>
            {yes}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Code({ step, ...heard }: Asked<'code'>) {
  const words = useWords();
  const [code, setCode] = useState(step.code);
  const ask = async (): Promise<Event> => ({ is: 'looked-up', code: code.trim(), whose: await answer(api.POST('/api/v1/setup', { body: { code: code.trim() } })) });
  return (
    <StepForm yes={words.text('signin.next')} isReady={code.trim() !== ''} ask={ask} {...heard} isFirst>
      <TextInput
        autoFocus
        label={words.text('setup.code')}
        description={words.text('setup.code.what')}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
      />
    </StepForm>
  );
}

function Password({ step, ...heard }: Asked<'password'>) {
  const words = useWords();
  const [password, setPassword] = useState('');
  const ask = async (): Promise<Event> => ({ is: 'password-kept', authenticator: await answer(api.POST('/api/v1/setup/password', { body: { code: step.code, password } })) });
  return (
    <StepForm yes={words.text('signin.next')} isReady={isLongEnough(password)} ask={ask} {...heard}>
      <Text size="sm">{words.text('setup.whose', { name: step.whose.name, role: words.role(step.whose.role), until: words.moment(step.whose.until) })}</Text>
      {/* For whatever keeps passwords in the browser. */}
      <input className="visually-hidden" type="text" autoComplete="username" value={step.whose.name} readOnly tabIndex={-1} aria-hidden />
      <NewPassword value={password} change={setPassword} refused={heard.problem} focused />
    </StepForm>
  );
}

function Authenticator({ step, ...heard }: Asked<'authenticator'>) {
  const words = useWords();
  const [digits, setDigits] = useState('');
  const { authenticator, code } = step;
  const ask = async (): Promise<Event> => {
    const done = await answer(api.POST('/api/v1/setup/confirmation', { body: { code, confirmation: digits } }));
    forgetCode();
    return { is: 'confirmed', done };
  };
  return (
    <StepForm yes={words.text('setup.confirm')} isReady={digits.length === 6} ask={ask} {...heard}>
      <Text size="sm">{words.text('setup.authenticator.what', { minutes: Math.round(authenticator.expires_s / 60) })}</Text>
      <ToCopy text={authenticator.secret} shown={authenticator.address} copy={words.text('setup.authenticator.copy')} picture={words.text('setup.authenticator.picture')}>
        <Text size="sm">{words.text('setup.authenticator.typed')}</Text>
      </ToCopy>
      <CodeField focused value={digits} change={setDigits} what={words.text('setup.code.first')} />
    </StepForm>
  );
}
