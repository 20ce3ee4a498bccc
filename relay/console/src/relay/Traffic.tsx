// How busy the relay was over a day: what came and went, how many were here, how its store grew.
import { Card, SimpleGrid, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { trafficQuery } from '../api/queries';
import type { Point } from '../sites/line';
import { Plot } from '../sites/Plot';
import { useWords } from '../words/useWords';

type Sample = Schemas['BusyShown'];

export function Traffic() {
  const words = useWords();
  const samples = useQuery(trafficQuery).data?.samples ?? [];
  const points = (of: (sample: Sample) => number): Point[] => samples.map((sample) => [Date.parse(sample.at), of(sample)]);
  const rate = (bytes: number): string => words.text('plot.rate', { bytes: words.bytes(Math.round(bytes)) });
  return (
    <Card withBorder component="section" aria-labelledby="traffic">
      <Title order={2} size="h5" id="traffic" mb="xs">
        {words.text('relay.traffic')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Plot name={words.text('relay.traffic.received')} points={points((sample) => sample.received_bytes / sample.span_s)} say={rate} />
        <Plot name={words.text('relay.traffic.sent')} points={points((sample) => sample.sent_bytes / sample.span_s)} say={rate} />
        <Plot name={words.text('relay.traffic.receipts')} points={points((sample) => Math.round((sample.receipts * 300) / sample.span_s))} />
        <Plot name={words.text('relay.sessions')} points={points((sample) => sample.sessions)} />
        <Plot name={words.text('relay.store')} points={points((sample) => sample.store_bytes)} say={words.bytes} />
      </SimpleGrid>
    </Card>
  );
}
