// A line through points of time, fitted into a box. Owns the arithmetic; draws nothing.

export type Point = readonly [ms: number, value: number];

export interface Line {
  /** As the `d` of an SVG path; a hole is a longer time without a point than this. */
  path: string;
  greatest: number;
  from: number;
  to: number;
}

/** The line, from the first point to the last, zero at the bottom; none of fewer than two points. */
export function lineOf(points: readonly Point[], width: number, height: number, holeMs: number): Line | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || first[0] === last[0]) return undefined;
  const [from, to] = [first[0], last[0]];
  const greatest = Math.max(1, ...points.map(([, value]) => value));
  const place = ([ms, value]: Point) => `${round(((ms - from) / (to - from)) * width)} ${round(height - (value / greatest) * height)}`;
  const path = points.map((point, at) => {
    const before = points[at - 1];
    return `${before && point[0] - before[0] <= holeMs ? 'L' : 'M'}${place(point)}`;
  });
  return { path: path.join(' '), greatest, from, to };
}

const round = (number: number): number => Math.round(number * 10) / 10;
