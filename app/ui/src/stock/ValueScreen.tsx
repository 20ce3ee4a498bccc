// What stock is worth, by site and currency, now or as of a day. Owns what is asked, which stands in the address, and the sums by
// currency.
import { Button, Group, Loader, Stack, Table, Text, Title } from '@mantine/core';
import { DayInput, formatDay, ProblemAlert, sumOf, useWords } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { Freshness } from './Freshness';
import { changedWritten, readWritten } from './places';
import { valueQuery } from './queries';
import { SiteSelect } from './SiteSelect';
import classes from './stock.module.css';

/** Amounts added up, each currency for itself. */
export function sumsByCurrency(amounts: string[]): string[] {
  const sums = new Map<string, string>();
  for (const amount of amounts) {
    const [number = '0', currency = ''] = amount.split(' ');
    const sum = sumOf(sums.get(currency) ?? '0', number);
    const digits = number.split('.')[1]?.length ?? 0;
    // As many digits as the currency's amounts are written with.
    const [whole = '0', fraction = ''] = sum.split('.');
    sums.set(currency, digits > 0 ? `${whole}.${fraction.padEnd(digits, '0')}` : sum);
  }
  return [...sums].sort(([one], [other]) => one.localeCompare(other)).map(([currency, sum]) => `${sum} ${currency}`);
}

export function ValueScreen({ written, change }: { written: string; change: (written: string) => void }) {
  const words = useWords();
  const { site = '', at = '' } = readWritten(written);
  const value = useQuery(valueQuery({ site, at }));
  const put = (changes: Record<string, string>) => change(changedWritten(written, changes));
  return (
    <Stack gap="md" maw={860}>
      <Title order={1} size="h3">
        {words.text('stock.value')}
      </Title>
      <Group align="end" gap="sm">
        <DayInput size="sm" label={words.text('stock.at')} value={at} change={(day) => put({ at: day })} />
        {at === '' ? null : (
          <Button size="sm" variant="default" onClick={() => put({ at: '' })}>
            {words.text('stock.now')}
          </Button>
        )}
        <SiteSelect value={site} all={words.text('stock.allSites')} change={(site) => put({ site })} />
      </Group>
      <Freshness {...(site === '' ? {} : { only: site })} />
      {at === '' ? null : <Text size="sm">{words.text('stock.then', { day: formatDay(words.intl, at) })}</Text>}
      {value.error ? <ProblemAlert error={value.error} /> : null}
      {value.isPending ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {value.data?.length === 0 ? <Text>{words.text('stock.noValue')}</Text> : null}
      {(value.data?.length ?? 0) > 0 ? (
        <Table aria-label={words.text('stock.value')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('sync.site')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.itemsThere')}</Table.Th>
              <Table.Th ta="end">{words.text('stock.worth')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {value.data?.map((row) => (
              <Table.Tr key={`${row.site} ${row.value}`} data-site={row.site}>
                <Table.Td>{row.site}</Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  {words.count(row.items)}
                </Table.Td>
                <Table.Td ta="end" className={classes.number}>
                  {words.money(row.value)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
          <Table.Tfoot>
            {sumsByCurrency((value.data ?? []).map((row) => row.value)).map((sum) => (
              <Table.Tr key={sum}>
                <Table.Th>{words.text('stock.total')}</Table.Th>
                <Table.Td />
                <Table.Th ta="end" className={classes.number}>
                  {words.money(sum)}
                </Table.Th>
              </Table.Tr>
            ))}
          </Table.Tfoot>
        </Table>
      ) : null}
    </Stack>
  );
}
