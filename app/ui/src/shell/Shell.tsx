// The frame round every screen: modules to the left, the sync chip and the palette above. Owns the stream of events and the keys
// that hold everywhere.
import { Alert, AppShell, Badge, Burger, Button, Group, Kbd, NavLink, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { asProblem, inboxQuery, isForBrowser, GoProvider, KeysHelp, kindsQuery, LeavingDialog, listen, ModuleInputs, Palette, paths, statusQuery, SyncChip, useKeys, useLeaving, useWords, type Go } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useEffect, useState, type ReactNode } from 'react';
import { client, onSessionEnd, type Ended } from './client';
import { Removed } from './Removed';
import { SessionEnded } from './SessionEnded';
import { SignIn } from './SignIn';
import { placesFor } from '../stock/places';
import { stockInputs } from '../stock/RecordExtras';
import { useActions } from './useActions';

/** Seen once in the life of a node: a chunk of its own. */
const FirstRun = lazy(() => import('../first-run/FirstRun'));

/** Kinds that are settings, or that screens keep for themselves: found by the palette, not listed. */
const APART = new Set(['module-switch', 'view', 'import-mapping', 'account', 'role']);

export function Shell() {
  const router = useRouter();
  const go = useCallback<Go>(
    (path, options) => (options?.replace ? router.history.replace(path) : router.history.push(path)),
    [router],
  );
  return (
    <GoProvider value={go}>
      <ModuleInputs value={stockInputs}>
        <Frame go={go} />
      </ModuleInputs>
    </GoProvider>
  );
}

function Frame({ go }: { go: Go }) {
  const words = useWords();
  const [opened, { toggle, close }] = useDisclosure();
  const [reachable, setReachable] = useState(true);
  const [ended, setEnded] = useState<Ended>();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const [arriving, setArriving] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const status = useQuery(statusQuery);
  const kinds = useQuery(kindsQuery(words.intl.locale));
  // Who has no role sees nothing, and is asked about nothing.
  const seesAny = (kinds.data ?? []).length > 0;
  const inbox = useQuery({ ...inboxQuery, enabled: status.data !== undefined && seesAny });
  const actions = useActions(go);
  const [left, forget] = useLeaving(status.data);
  useEffect(() => onSessionEnd(setEnded), []);
  const signedIn = status.data !== undefined;
  useEffect(() => (signedIn ? listen(client, setReachable) : undefined), [signedIn]);
  useEffect(() => {
    if (status.isSuccess) setEnded(undefined);
  }, [status.isSuccess, status.dataUpdatedAt]);
  useEffect(() => close(), [close, path]);
  // The list of places is longer than a window: where one is must be seen in it.
  useEffect(() => {
    document.querySelector('nav [aria-current=page]')?.scrollIntoView({ block: 'nearest' });
  }, [path, signedIn, kinds.data]);
  useKeys({ 'Ctrl+k': () => setPalette(true), '?': () => setHelp(true) });
  // From the moment that there turns out to be no node until whoever sets it up has read what came of it.
  if (!arriving && status.error && asProblem(status.error).code === 'not-set-up') setArriving(true);
  const count = inbox.data?.length ?? status.data?.inbox ?? 0;
  if (arriving) {
    return (
      <Suspense fallback={null}>
        <FirstRun done={() => setArriving(false)} />
      </Suspense>
    );
  }
  if (!status.data) {
    return status.isPending ? null : <SignIn error={status.error} retry={() => void status.refetch()} />;
  }
  const listed = (kinds.data ?? []).filter((kind) => kind.on && !APART.has(kind.kind));
  const modules = [...new Set(listed.map((kind) => kind.module))];
  const mayMove = listed.find((kind) => kind.kind === 'move')?.may ?? [];
  const link = (to: string, label: ReactNode, isOn: boolean) => (
    <NavLink
      key={to}
      href={to}
      label={label}
      active={isOn}
      {...(isOn ? { 'aria-current': 'page' as const } : {})}
      onClick={(event) => {
        if (isForBrowser(event)) return;
        event.preventDefault();
        go(to);
      }}
    />
  );
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md" h="100%">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 'fit-content' }}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.text('shell.menu')} />
            <img src="/favicon.svg" alt="" width={26} height={26} />
            <Text fw={700} size="sm" truncate visibleFrom="xs">
              <bdi>{status.data.organisation.name}</bdi> · {status.data.site}
            </Text>
          </Group>
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Button size="compact-sm" variant="default" onClick={() => setPalette(true)} rightSection={<Kbd size="xs">Ctrl K</Kbd>} visibleFrom="sm">
              {words.text('shell.find')}
            </Button>
            <SyncChip reachable={reachable} ended={ended !== undefined} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={words.text('shell.modules')}>
        <AppShell.Section grow component={ScrollArea}>
          {!seesAny ? null : link(
            paths.inbox,
            <Group justify="space-between">
              {words.text('inbox.title')}
              {count > 0 ? (
                <Badge size="sm" color="red.9" variant="filled">
                  {words.count(count)}
                </Badge>
              ) : null}
            </Group>,
            path === paths.inbox,
          )}
          {modules.map((module) => (
            <div key={module}>
              <Text size="xs" fw={700} c="dimmed" px="xs" mt="sm" mb={2}>
                {words.module(module)}
              </Text>
              {module === 'stock' ? placesFor(mayMove).map((place) => link(place.path, words.text(place.short ?? place.name), path.startsWith(place.path))) : null}
              {listed
                .filter((kind) => kind.module === module)
                .map((kind) => link(paths.list(kind.kind), <bdi>{words.kind(kind.kind, kind.label)}</bdi>, path.startsWith(`/records/${kind.kind}`)))}
            </div>
          ))}
        </AppShell.Section>
        <AppShell.Section pt="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          {(kinds.data ?? []).some((kind) => kind.may.includes('import')) ? link(paths.imports, words.text('imports.title'), path === paths.imports) : null}
          {link(paths.sync, words.text('sync.short'), path.startsWith(paths.sync))}
          {link('/settings/appearance', words.text('settings.title'), path.startsWith('/settings'))}
          <NavLink component="button" type="button" label={words.text('keys.title')} rightSection={<Kbd size="xs">?</Kbd>} onClick={() => setHelp(true)} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main h="100%" style={{ display: 'flex', flexDirection: 'column' }}>
        {ended ? <SessionEnded how={ended} retry={() => void status.refetch()} /> : null}
        {!reachable && !ended ? (
          <Alert color="red" role="alert" mb="sm" style={{ flexShrink: 0 }} title={words.problem('node-unreachable')}>
            {words.advice('node-unreachable')}
          </Alert>
        ) : null}
        <Removed status={status.data} />
        <Outlet />
      </AppShell.Main>
      <Palette opened={palette} close={() => setPalette(false)} actions={actions} />
      {left ? <LeavingDialog left={left} close={forget} /> : null}
      <KeysHelp opened={help} close={() => setHelp(false)} />
    </AppShell>
  );
}
