// A problem as people need it: what happened, whether their data are safe, what to do, the code, and the details to copy.
import { Alert, Button, Code, CopyButton, Group, Text } from '@mantine/core';
import { useContext, type ReactNode } from 'react';
import { isId } from '../api/id';
import { Problem } from '../api/problem';
import { LeadContext } from './leads';
import { useWords } from '../words/useWords';

/** Anything that was thrown, as a problem. */
export function asProblem(error: unknown): Problem {
  return error instanceof Problem
    ? error
    : new Problem('internal', {}, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

/** What a person passes on to who looks after the program. */
export function details(problem: Problem): string {
  const params = Object.entries(problem.params).map(([name, value]) => `${name}: ${value}`);
  return [`code: ${problem.code}`, `status: ${problem.status}`, ...params, problem.detail, window.location.pathname, new Date().toISOString()]
    .filter((line) => line !== '')
    .join('\n');
}

export interface ProblemAlertProps {
  error: unknown;
  /** What can be done here: try again, for one. */
  children?: ReactNode;
  close?: () => void;
}

export function ProblemAlert({ error, children, close }: ProblemAlertProps) {
  const words = useWords();
  const lead = useContext(LeadContext);
  const problem = asProblem(error);
  const named = problem.params.value ?? problem.params.field;
  return (
    <Alert
      color="red"
      variant="light"
      role="alert"
      title={words.problem(problem.code)}
      withCloseButton={close !== undefined}
      {...(close ? { onClose: close, closeButtonLabel: words.text('action.close') } : {})}
    >
      <Text size="sm">{words.advice(problem.code)}</Text>
      <Group gap="xs" mt="xs">
        {children}
        <Code>{problem.code}</Code>
        {lead(problem)}
        {named && !isId(named) ? <Code dir="auto">{named.slice(0, 80)}</Code> : null}
        <CopyButton value={details(problem)}>
          {({ copied, copy }) => (
            <Button size="compact-xs" variant="subtle" color="red" onClick={copy}>
              {words.text(copied ? 'problem.copied' : 'problem.copy')}
            </Button>
          )}
        </CopyButton>
      </Group>
    </Alert>
  );
}
