// What became of a request: that it waits and for whom, or what was decided, by whom, and what they say to it.
import { Badge, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import type { Request } from './request';

const COLOURS: Record<string, string> = { done: 'teal', declined: 'red' };

export function Outcome({ request: { act, site, answer } }: { request: Request }) {
  const words = useWords();
  if (answer == null) {
    return (
      <>
        <Badge variant="light" color="gray" miw="max-content">
          {words.text('requests.waits')}
        </Badge>
        <Text size="xs">{act === 'judge-again' ? words.text('requests.waits.site', { site: site ?? '' }) : words.text('requests.waits.headquarters')}</Text>
      </>
    );
  }
  const at = words.moment(answer.at);
  return (
    <>
      <Badge variant="light" color={COLOURS[answer.outcome] ?? 'gray'} miw="max-content">
        {words.outcome(answer.outcome)}
      </Badge>
      <Text size="xs">{answer.by === '' ? at : words.text('requests.decided', { by: answer.by, at })}</Text>
      <Said act={act} answer={answer} />
    </>
  );
}

/** What a person says, in their words; of what no person decided, ours. */
function Said({ act, answer: { outcome, by, said } }: { act: string; answer: NonNullable<Request['answer']> }) {
  const words = useWords();
  if (by !== '') return said === '' ? null : <Text size="xs"><bdi>{said}</bdi></Text>;
  if (act !== 'judge-again' || (outcome !== 'done' && outcome !== 'unchanged')) return null;
  return <Text size="xs">{words.text(`requests.judged.${outcome}`)}</Text>;
}
