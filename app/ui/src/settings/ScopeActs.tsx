// Acts on a scope: defining one, confining it, letting sites in and out. Each shows first what it would come to. Owns the dialogs.
import { Group, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core';
import { answer, api, Ask, countries, keys, ProblemAlert, regionName, useToasts, useWords, type Schemas, type Words } from '@comptoir/kit';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Holders } from './Holders';

type Scope = Schemas['ScopeShown'];

interface ScopeActProps {
  title: string;
  yes: string;
  /** What is asked: another question is tried anew. */
  question: unknown[];
  /** Whether enough is said to be tried. */
  isAsked: boolean;
  /** Does it, or only says what it would come to. */
  put: (trial: boolean) => Promise<Scope>;
  /** Said once it is done. */
  done: string;
  /** What else follows from it. */
  notes: (would: Scope) => string[];
  close: () => void;
  children: ReactNode;
}

function ScopeAct({ title, yes, question, isAsked, put, done, notes, close, children }: ScopeActProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  const trial = useQuery({ queryKey: [...keys.organisation, ...question], queryFn: () => put(true), enabled: isAsked, retry: false });
  const would = isAsked ? trial.data : undefined;
  return (
    <Ask
      title={title}
      yes={yes}
      unready={!would}
      hasField
      act={async () => {
        await put(false);
        void client.invalidateQueries({ queryKey: keys.organisation });
        toasts.say(done);
        close();
      }}
      close={close}
    >
      {children}
      {isAsked && trial.error ? <ProblemAlert error={trial.error} /> : null}
      {would ? (
        <Stack gap="xs" role="status">
          <Group gap="xs">
            <Text size="sm">{words.text('residency.wouldHold')}</Text>
            <Holders scope={would} />
          </Group>
          {notes(would).map((note) => (
            <Text key={note} size="sm">
              {note}
            </Text>
          ))}
        </Stack>
      ) : null}
    </Ask>
  );
}

const carried = (words: Words, scope: Scope): string => (scope.relays.length === 0 ? words.text('residency.noRelay') : words.text('residency.carried', { relays: scope.relays.join(', ') }));

/** Jurisdictions: those of countries, and those that the organisation is under already. */
function Laws({ known, chosen, choose, focused }: { known: string[]; chosen: string[]; choose: (laws: string[]) => void; focused?: boolean }) {
  const words = useWords();
  const offered = new Map(countries(words.intl.locale).map(({ value, label }) => [value, label]));
  for (const law of ['EU', ...known]) if (!offered.has(law)) offered.set(law, regionName(words.intl, law));
  return (
    <MultiSelect
      size="sm"
      {...(focused ? { 'data-autofocus': true } : {})}
      label={words.text('residency.laws')}
      description={words.text('residency.laws.what')}
      data={[...offered].map(([value, label]) => ({ value, label }))}
      searchable
      clearable
      limit={60}
      value={chosen}
      onChange={choose}
      comboboxProps={{ withinPortal: false }}
    />
  );
}

const named = ({ code, name }: Schemas['SiteShown']) => ({ value: code, label: name === code ? code : `${code} · ${name}` });

export function Define({ sites, close }: { sites: Schemas['SiteShown'][]; close: () => void }) {
  const words = useWords();
  const [name, setName] = useState('');
  const [members, setMembers] = useState<string[]>([]);
  const [jurisdictions, setJurisdictions] = useState<string[]>([]);
  const headquarters = sites.filter((site) => site.headquarters).map((site) => site.code);
  const body = { name: name.trim(), sites: members, jurisdictions };
  return (
    <ScopeAct
      title={words.text('residency.define.title')}
      yes={words.text('residency.define')}
      question={['define', body]}
      isAsked={body.name !== '' && members.length > 0}
      put={(trial) => answer(api.POST('/api/v1/scopes', { params: { query: { trial } }, body }))}
      done={words.text('residency.define.done', { scope: body.name })}
      notes={(would) => [carried(words, would), ...(headquarters.some((site) => would.holders.includes(site)) ? [] : [words.text('residency.define.without')])]}
      close={close}
    >
      <Text size="sm">{words.text('residency.define.what')}</Text>
      <TextInput size="sm" data-autofocus label={words.text('residency.name')} description={words.text('residency.name.what')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <MultiSelect
        size="sm"
        label={words.text('residency.sites')}
        data={sites.map(named)}
        searchable
        value={members}
        onChange={setMembers}
        comboboxProps={{ withinPortal: false }}
      />
      <Laws known={sites.map((site) => site.jurisdiction)} chosen={jurisdictions} choose={setJurisdictions} />
    </ScopeAct>
  );
}

export function Confine({ scope, laws, close }: { scope: Scope; laws: string[]; close: () => void }) {
  const words = useWords();
  const [chosen, setChosen] = useState(scope.jurisdictions);
  const isAsItWas = chosen.length === scope.jurisdictions.length && chosen.every((law) => scope.jurisdictions.includes(law));
  return (
    <ScopeAct
      title={words.text('residency.confine.title', { scope: words.scope(scope.name) })}
      yes={words.text(chosen.length === 0 ? 'residency.release' : 'residency.confine')}
      question={[scope.name, chosen]}
      isAsked={!isAsItWas}
      put={(trial) => answer(api.PUT('/api/v1/scopes/{name}/jurisdictions', { params: { path: { name: scope.name }, query: { trial } }, body: { jurisdictions: chosen } }))}
      done={words.text('residency.done', { scope: words.scope(scope.name) })}
      notes={(would) => [carried(words, would), words.text('residency.stays')]}
      close={close}
    >
      <Laws known={[...laws, ...scope.jurisdictions]} chosen={chosen} choose={setChosen} focused />
    </ScopeAct>
  );
}

interface RotateProps {
  scope: Scope;
  /** How it is done, where another asked for it. */
  put?: () => Promise<unknown>;
  close: () => void;
}

export function Rotate({ scope, put, close }: RotateProps) {
  const words = useWords();
  const client = useQueryClient();
  const toasts = useToasts();
  return (
    <Ask
      title={words.text('residency.rotate.title', { scope: words.scope(scope.name) })}
      yes={words.text('residency.rotate')}
      act={async () => {
        await (put ? put() : answer(api.POST('/api/v1/scopes/{name}/rotate', { params: { path: { name: scope.name } } })));
        void client.invalidateQueries({ queryKey: keys.organisation });
        toasts.say(words.text('residency.done', { scope: words.scope(scope.name) }));
        close();
      }}
      close={close}
    >
      <Text size="sm">{words.text('residency.rotate.what', { sites: scope.members.join(', ') })}</Text>
    </Ask>
  );
}

export function Membership({ scope, sites, close }: { scope: Scope; sites: Schemas['SiteShown'][]; close: () => void }) {
  const words = useWords();
  const [site, setSite] = useState<string | null>(null);
  const leaves = site !== null && scope.members.includes(site);
  return (
    <ScopeAct
      title={words.text('residency.members.title', { scope: words.scope(scope.name) })}
      yes={words.text(leaves ? 'residency.narrow' : 'residency.widen')}
      question={[scope.name, 'member', site]}
      isAsked={site !== null}
      put={(trial) => {
        const asked = { params: { path: { name: scope.name, site: site ?? '' }, query: { trial } } };
        return answer(leaves ? api.DELETE('/api/v1/scopes/{name}/members/{site}', asked) : api.PUT('/api/v1/scopes/{name}/members/{site}', asked));
      }}
      done={words.text('residency.done', { scope: words.scope(scope.name) })}
      notes={() => [words.text(leaves ? 'residency.narrow.what' : 'residency.widen.what', { site: site ?? '' })]}
      close={close}
    >
      <Select
        size="sm"
        data-autofocus
        label={words.text('residency.site')}
        description={words.text('residency.members.now', { sites: scope.members.join(', ') })}
        data={sites.map(named)}
        searchable
        allowDeselect={false}
        value={site}
        onChange={setSite}
        comboboxProps={{ withinPortal: false }}
      />
    </ScopeAct>
  );
}
