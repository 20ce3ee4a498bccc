// Sharing a pool out: what each site would be granted is seen before it is. Owns which sites are asked for.
import { Checkbox, Group, Loader, Stack, Table, Text } from '@mantine/core';
import { Ask, compareNumbers, keys, organisationQuery, ProblemAlert, sumOf, useToasts, useUnsaved, useWords } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { shareOut, type PoolRights } from './queries';
import classes from './stock.module.css';

export function ShareOutDialog({ pool, close }: { pool: PoolRights; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const organisation = useQuery(organisationQuery);
  const others = (organisation.data?.sites ?? []).filter((site) => !site.here);
  // Whoever sells from the pool already, or everybody where nobody does.
  const selling = pool.holders.map((holder) => holder.site).filter((code) => code !== pool.site);
  // What sites gave back is the keeper's to grant again.
  const returned = pool.holders.find((holder) => holder.site === pool.site)?.held ?? '0';
  const [chosen, setChosen] = useState<string[]>();
  useUnsaved(chosen !== undefined);
  const among = chosen ?? (selling.length > 0 ? selling : others.map((site) => site.code));
  const would = useQuery({
    queryKey: [...keys.stock, 'share-out', pool.pool, among],
    queryFn: () => shareOut(pool.pool, { among, dry_run: true }),
    enabled: among.length > 0,
    gcTime: 0,
  });
  const granted = sumOf(...(would.data ?? []).map((share) => share.granted));
  return (
    <Ask
      title={`${words.text('stock.rights.shareOut')} · ${pool.name}`}
      yes={words.text('stock.rights.shareOut')}
      size="lg"
      unready={among.length === 0 || !would.data || compareNumbers(granted, '0') <= 0}
      close={close}
      act={async () => {
        const shares = await shareOut(pool.pool, { among, dry_run: false });
        for (const queryKey of [keys.stock, keys.inbox]) void client.invalidateQueries({ queryKey });
        toasts.say(words.text('stock.rights.shared', { quantity: words.decimal(sumOf(...shares.map((share) => share.granted))), unit: pool.unit }));
        close();
      }}
    >
      <Text size="sm">{words.text('stock.rights.shareOut.what', { free: words.decimal(sumOf(pool.free, returned)), unit: pool.unit })}</Text>
      {others.length === 0 ? <Text size="sm">{words.text('stock.rights.alone')}</Text> : null}
      <Checkbox.Group value={among} onChange={setChosen} label={words.text('stock.rights.among')}>
        <Group gap="md" mt={4}>
          {others.map((site) => (
            <Checkbox key={site.code} size="sm" value={site.code} label={`${site.code} · ${site.name}`} />
          ))}
        </Group>
      </Checkbox.Group>
      {would.isFetching ? <Loader size="sm" aria-label={words.text('loading')} /> : null}
      {would.error && among.length > 0 ? <ProblemAlert error={would.error} /> : null}
      {would.data && among.length > 0 ? (
        <Stack gap={4}>
          <Table aria-label={words.text('stock.rights.would')} verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.text('sync.site')}</Table.Th>
                <Table.Th ta="end">{words.text('stock.holder.held')}</Table.Th>
                <Table.Th ta="end">{words.text('stock.rights.would')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {would.data.map((share) => (
                <Table.Tr key={share.site} data-share={share.site}>
                  <Table.Td>{share.site}</Table.Td>
                  <Table.Td ta="end" className={classes.number}>
                    {words.decimal(share.held)}
                  </Table.Td>
                  <Table.Td ta="end" className={classes.number}>
                    {words.decimal(share.granted)}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Stack>
      ) : null}
    </Ask>
  );
}
