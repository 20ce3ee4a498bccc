// The residency map: who holds what, and where it may go. Headquarters lets sites in and out of a scope and confines it to the law of some countries, after
// seeing what it comes to.
import { Badge, Button, Group, MultiSelect, Select, Stack, Table, Text } from '@mantine/core';
import { answer, api, Ask, countries, keys, organisationQuery, ProblemAlert, regionName, useToasts, useWords, type Schemas, type Words } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

type Scope = Schemas['ScopeShown'];

export function Residency() {
  const words = useWords();
  const organisation = useQuery(organisationQuery);
  const [asking, setAsking] = useState<Scope>();
  const [opening, setOpening] = useState<Scope>();
  const isHeadquarters = organisation.data?.sites.some((site) => site.here && site.headquarters) ?? false;
  return (
    <Stack>
      <Text size="sm">{words.text('residency.what')}</Text>
      {organisation.error ? <ProblemAlert error={organisation.error} /> : null}
      <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.text('residency.scope')}</Table.Th>
              <Table.Th>{words.text('residency.holders')}</Table.Th>
              <Table.Th>{words.text('residency.relays')}</Table.Th>
              <Table.Th>{words.text('residency.confined')}</Table.Th>
              {isHeadquarters ? (
                <Table.Th>
                  <span className="visually-hidden">{words.text('record.line.actions')}</span>
                </Table.Th>
              ) : null}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {organisation.data?.scopes.map((scope) => (
              <Table.Tr key={scope.id}>
                <Table.Td>{words.scope(scope.name)}</Table.Td>
                <Table.Td>
                  <Holders scope={scope} />
                </Table.Td>
                <Table.Td>{carriers(words, scope)}</Table.Td>
                <Table.Td>{laws(words, scope)}</Table.Td>
                {isHeadquarters ? (
                  <Table.Td ta="end">
                    <Button size="compact-sm" variant="light" mr="xs" aria-label={`${words.text('residency.members')}: ${words.scope(scope.name)}`} onClick={() => setOpening(scope)}>
                      {words.text('residency.members')}
                    </Button>
                    <Button size="compact-sm" variant="light" aria-label={`${words.text('residency.confine')}: ${words.scope(scope.name)}`} onClick={() => setAsking(scope)}>
                      {words.text('residency.confine')}
                    </Button>
                  </Table.Td>
                ) : null}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {isHeadquarters ? null : <Text size="sm">{words.text('residency.elsewhere')}</Text>}
      {opening ? <Membership scope={opening} sites={organisation.data?.sites ?? []} close={() => setOpening(undefined)} /> : null}
      {asking ? <Confine scope={asking} laws={organisation.data?.sites.map((site) => site.jurisdiction) ?? []} close={() => setAsking(undefined)} /> : null}
    </Stack>
  );
}

function Confine({ scope, laws: known, close }: { scope: Scope; laws: string[]; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [chosen, setChosen] = useState(scope.jurisdictions);
  const isAsItWas = chosen.length === scope.jurisdictions.length && chosen.every((law) => scope.jurisdictions.includes(law));
  const put = (jurisdictions: string[], trial: boolean) =>
    answer(api.PUT('/api/v1/scopes/{name}/jurisdictions', { params: { path: { name: scope.name }, query: { trial } }, body: { jurisdictions } }));
  const trial = useQuery({ queryKey: [...keys.organisation, scope.name, chosen], queryFn: () => put(chosen, true), retry: false });
  const offered = new Map(countries(words.intl.locale).map(({ value, label }) => [value, label]));
  for (const law of ['EU', ...known, ...scope.jurisdictions]) if (!offered.has(law)) offered.set(law, regionName(words.intl, law));
  return (
    <Ask
      title={words.text('residency.confine.title', { scope: words.scope(scope.name) })}
      yes={words.text(chosen.length === 0 ? 'residency.release' : 'residency.confine')}
      unready={isAsItWas || !trial.data}
      hasField
      act={async () => {
        await put(chosen, false);
        void client.invalidateQueries({ queryKey: keys.organisation });
        toasts.say(words.text('residency.done', { scope: words.scope(scope.name) }));
        close();
      }}
      close={close}
    >
      <MultiSelect
        size="sm"
        data-autofocus
        label={words.text('residency.laws')}
        description={words.text('residency.laws.what')}
        data={[...offered].map(([value, label]) => ({ value, label }))}
        searchable
        clearable
        limit={60}
        value={chosen}
        onChange={setChosen}
        comboboxProps={{ withinPortal: false }}
      />
      {trial.error ? <ProblemAlert error={trial.error} /> : null}
      {trial.data ? (
        <Stack gap="xs" role="status">
          <Group gap="xs">
            <Text size="sm">{words.text('residency.wouldHold')}</Text>
            <Holders scope={trial.data} />
          </Group>
          <Text size="sm">{trial.data.relays.length === 0 ? words.text('residency.noRelay') : `${words.text('residency.relays')}: ${trial.data.relays.join(', ')}`}</Text>
          <Text size="sm">{words.text('residency.stays')}</Text>
        </Stack>
      ) : null}
    </Ask>
  );
}

function Membership({ scope, sites, close }: { scope: Scope; sites: Schemas['SiteShown'][]; close: () => void }) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const [site, setSite] = useState<string | null>(null);
  const leaves = site !== null && scope.members.includes(site);
  const put = (trial: boolean) => {
    const asked = { params: { path: { name: scope.name, site: site ?? '' }, query: { trial } } };
    return answer(leaves ? api.DELETE('/api/v1/scopes/{name}/members/{site}', asked) : api.PUT('/api/v1/scopes/{name}/members/{site}', asked));
  };
  const trial = useQuery({ queryKey: [...keys.organisation, scope.name, 'member', site], queryFn: () => put(true), enabled: site !== null, retry: false });
  return (
    <Ask
      title={words.text('residency.members.title', { scope: words.scope(scope.name) })}
      yes={words.text(leaves ? 'residency.narrow' : 'residency.widen')}
      unready={!trial.data}
      hasField
      act={async () => {
        await put(false);
        void client.invalidateQueries({ queryKey: keys.organisation });
        toasts.say(words.text('residency.done', { scope: words.scope(scope.name) }));
        close();
      }}
      close={close}
    >
      <Select
        size="sm"
        data-autofocus
        label={words.text('residency.site')}
        description={words.text('residency.members.now', { sites: scope.members.join(', ') })}
        data={sites.map(({ code, name }) => ({ value: code, label: name === code ? code : `${code} · ${name}` }))}
        searchable
        allowDeselect={false}
        value={site}
        onChange={setSite}
        comboboxProps={{ withinPortal: false }}
      />
      {trial.error ? <ProblemAlert error={trial.error} /> : null}
      {trial.data ? (
        <Stack gap="xs" role="status">
          <Group gap="xs">
            <Text size="sm">{words.text('residency.wouldHold')}</Text>
            <Holders scope={trial.data} />
          </Group>
          <Text size="sm">{words.text(leaves ? 'residency.narrow.what' : 'residency.widen.what', { site: site ?? '' })}</Text>
        </Stack>
      ) : null}
    </Ask>
  );
}

/** The sites that hold a scope, and those of its members that may not. */
function Holders({ scope }: { scope: Scope }) {
  const words = useWords();
  return (
    <Group gap={4}>
      {scope.members.map((site) =>
        scope.holders.includes(site) ? (
          <Badge key={site} variant="light">
            {site}
          </Badge>
        ) : (
          <Badge key={site} variant="default" td="line-through" title={words.text('residency.mayNot', { site })}>
            {site}
          </Badge>
        ),
      )}
    </Group>
  );
}

const carriers = (words: Words, scope: Scope): string => (scope.relays.length === 0 ? words.text('residency.none') : scope.relays.join(', '));

const laws = (words: Words, scope: Scope): string =>
  scope.jurisdictions.length === 0 ? words.text('residency.everywhere') : scope.jurisdictions.map((law) => regionName(words.intl, law)).join(', ');
