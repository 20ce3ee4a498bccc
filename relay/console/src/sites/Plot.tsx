// How a figure went: a line, its greatest value and the times at both ends in words.
import { Box, Group, Text } from '@mantine/core';
import { useWords } from '../words/useWords';
import { lineOf, type Point } from './line';

const WIDTH = 320;
const HEIGHT = 80;
/** Three samples that did not come: nobody said anything. */
const HOLE_MS = 16 * 60_000;

export interface PlotProps {
  name: string;
  points: readonly Point[];
  /** How a value is said; a count where nothing else is. */
  say?: (value: number) => string;
}

export function Plot({ name, points, say }: PlotProps) {
  const words = useWords();
  const line = lineOf(points, WIDTH, HEIGHT, HOLE_MS);
  const of = say ?? words.count;
  const moment = (ms: number) => words.moment(new Date(ms).toISOString());
  return (
    <Box component="figure" m={0}>
      <Text component="figcaption" size="xs" c="dimmed">
        {name}
      </Text>
      {line ? (
        <>
          <svg viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`} width="100%" height={HEIGHT} preserveAspectRatio="none" role="img" aria-label={words.text('plot.said', { name, greatest: of(line.greatest), from: moment(line.from), to: moment(line.to) })} style={{ display: 'block', color: 'var(--mantine-primary-color-filled)' }}>
            <path d={line.path} fill="none" stroke="currentColor" strokeWidth="2" vectorEffect="non-scaling-stroke" />
          </svg>
          <Group justify="space-between" aria-hidden="true">
            <Text size="xs">{moment(line.from)}</Text>
            <Text size="xs">{words.text('plot.greatest', { greatest: of(line.greatest) })}</Text>
            <Text size="xs">{moment(line.to)}</Text>
          </Group>
        </>
      ) : (
        <Text size="sm">{words.text('plot.none')}</Text>
      )}
    </Box>
  );
}
