// What a verification found, by what can be done about it, and the node's own sentences to copy for whoever helps.
import { Alert, Button, CopyButton, Group, List, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import { faults, isMendedByRebuilding } from './findings';
import type { RepairState } from './work';

export function VerifiedResult({ verified }: { verified: NonNullable<RepairState['verified']> }) {
  const words = useWords();
  const { answer, afterRebuild } = verified;
  const read = words.text('repair.verified.read', { entries: answer.entries, records: answer.records });
  if (answer.sound) {
    return (
      <Alert color="teal" variant="light" role="status" title={words.text('repair.verified.sound')}>
        <Text size="sm">{read}</Text>
      </Alert>
    );
  }
  const found = faults(answer);
  const helps = isMendedByRebuilding(found) && !afterRebuild;
  return (
    <Alert color="red" variant="light" role="alert" title={words.text(afterRebuild ? 'repair.verified.still' : 'repair.verified.unsound')}>
      <Text size="sm">{read}</Text>
      <List size="sm" my="xs">
        {found.damaged > 0 ? <List.Item>{words.text('repair.fault.damaged', { count: found.damaged })}</List.Item> : null}
        {found.broken > 0 ? <List.Item>{words.text('repair.fault.broken', { count: found.broken })}</List.Item> : null}
        {found.records > 0 ? <List.Item>{words.text('repair.fault.records', { count: found.records })}</List.Item> : null}
        {found.scopes.map((scope) => (
          <List.Item key={scope}>{words.text('repair.fault.scope', { scope: words.scope(scope) })}</List.Item>
        ))}
        {found.other > 0 ? <List.Item>{words.text('repair.fault.other', { count: found.other })}</List.Item> : null}
      </List>
      <Text size="sm">
        {words.text(found.damaged > 0 ? 'repair.then.damaged' : helps ? 'repair.then.rebuild' : 'repair.then.report')}
      </Text>
      <Group mt="xs">
        <CopyButton value={answer.findings.join('\n')}>
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
