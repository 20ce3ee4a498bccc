// The frame round every screen of who is signed in: places to the left, the organisation, who it is and as what above. Owns that nobody else
// sees it: whoever is not signed in, or not any more, signs in where they are and goes on from there.
import { Alert, AppShell, Badge, Burger, Button, Group, Kbd, Menu, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { asProblem, CHOOSING_KEYS, GoProvider, isForBrowser, KeysHelp, LanguageSwitch, ProblemAlert, ThemeSwitch, useKeys, useToasts, type Go } from '@comptoir/kit';
import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouter, useRouterState } from '@tanstack/react-router';
import { useCallback, useEffect, useState } from 'react';
import { answer, api, UNREACHABLE, type Role, type Schemas } from '../api/client';
import { useLive } from '../api/live';
import { alarmsQuery, isOver, relayQuery, requestsQuery, sessionQuery, signedOut } from '../api/queries';
import { waits } from '../requests/request';
import type { OwnId } from '../words/catalogue';
import { useWords } from '../words/useWords';
import { Outside } from './Outside';
import { OwnPassword } from './OwnPassword';
import { places } from './place';
import { RefusedSince } from './RefusedSince';
import { mayAs } from './role';
import { SignIn } from './SignIn';

const NAVIGATION: { to: string; name: OwnId; role: Role }[] = [
  { to: places.sites, name: 'sites.title', role: 'viewer' },
  { to: places.requests, name: 'requests.title', role: 'viewer' },
  { to: places.alarms, name: 'alarms.title', role: 'viewer' },
  { to: places.scopes, name: 'held.title', role: 'viewer' },
  { to: places.relay, name: 'relay.title', role: 'viewer' },
  { to: places.accounts, name: 'accounts.title', role: 'administrator' },
  { to: places.audit, name: 'audit.title', role: 'administrator' },
];

export function Shell() {
  const words = useWords();
  const router = useRouter();
  const go = useCallback<Go>((path, options) => (options?.replace ? router.history.replace(path) : router.history.push(path)), [router]);
  const session = useQuery(sessionQuery);
  return (
    <GoProvider value={go}>
      {session.data ? (
        <Frame session={session.data} go={go} />
      ) : session.isPending ? null : isOver(session.error) ? (
        <SignIn />
      ) : (
        <Outside title={words.text('shell.console')}>
          <ProblemAlert error={session.error}>
            <Button size="compact-xs" variant="light" color="red" onClick={() => void session.refetch()}>
              {words.text('action.retry')}
            </Button>
          </ProblemAlert>
        </Outside>
      )}
    </GoProvider>
  );
}

function Frame({ session, go }: { session: Schemas['SessionShown']; go: Go }) {
  const words = useWords();
  const [opened, { toggle, close }] = useDisclosure();
  const [help, setHelp] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const relay = useQuery(relayQuery);
  const unseen = (useQuery(alarmsQuery(false)).data?.alarms ?? []).filter((alarm) => alarm.acknowledged == null).length;
  const waiting = (useQuery(requestsQuery).data?.requests ?? []).filter(waits).length;
  useLive(session.idle_s);
  useKeys({ '?': () => setHelp(true) });
  useEffect(() => close(), [close, path]);
  const isAway = relay.error !== null && asProblem(relay.error).code === UNREACHABLE;
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }} padding="md" h="100%">
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" style={{ minWidth: 0 }}>
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={words.text('shell.menu')} />
            <img src="/favicon.svg" alt="" width={26} height={26} />
            <Text fw={700} size="sm" truncate>
              <bdi>{relay.data?.organisation_name ?? words.text('shell.console')}</bdi>
            </Text>
          </Group>
          <Person session={session} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={words.text('shell.places')}>
        <AppShell.Section grow>
          {NAVIGATION.filter(({ role }) => mayAs(session.role, role)).map(({ to, name }) => {
            const isOn = path === to || path.startsWith(`${to}/`);
            return (
              <NavLink
                key={to}
                href={to}
                label={words.text(name)}
                active={isOn}
                rightSection={
                  to === places.alarms && unseen > 0 ? (
                    <Badge color="red" variant="light" aria-label={words.text('alarms.count', { count: unseen })}>
                      {words.count(unseen)}
                    </Badge>
                  ) : to === places.requests && waiting > 0 ? (
                    <Badge variant="light" aria-label={words.text('requests.count', { count: waiting })}>
                      {words.count(waiting)}
                    </Badge>
                  ) : undefined
                }
                {...(isOn ? { 'aria-current': 'page' as const } : {})}
                onClick={(event) => {
                  if (isForBrowser(event)) return;
                  event.preventDefault();
                  go(to);
                }}
              />
            );
          })}
        </AppShell.Section>
        <AppShell.Section pt="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
          <Stack gap="xs" p="xs" hiddenFrom="sm">
            <Text size="sm" c="dimmed">
              <bdi>{session.name}</bdi> · {words.role(session.role)}
            </Text>
            <LanguageSwitch />
            <ThemeSwitch size="xs" />
          </Stack>
          <NavLink component="button" type="button" label={words.text('keys.title')} rightSection={<Kbd size="xs">?</Kbd>} onClick={() => setHelp(true)} />
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main h="100%" style={{ display: 'flex', flexDirection: 'column' }}>
        {isAway ? (
          <Alert color="red" role="alert" mb="sm" style={{ flexShrink: 0 }} title={words.kit.problem(UNREACHABLE)}>
            {words.kit.advice(UNREACHABLE)}
          </Alert>
        ) : null}
        <RefusedSince session={session} />
        <Outlet />
      </AppShell.Main>
      <KeysHelp opened={help} close={() => setHelp(false)} only={['keys.help', 'keys.search', 'keys.move', 'keys.extend', 'keys.sort', 'keys.copy', ...(mayAs(session.role, 'operator') ? CHOOSING_KEYS : [])]} />
    </AppShell>
  );
}

/** Who is signed in and as what; their password, language, theme and the way out. */
function Person({ session }: { session: Schemas['SessionShown'] }) {
  const words = useWords();
  const toasts = useToasts();
  const [changing, setChanging] = useState(false);
  const leave = async () => {
    try {
      await answer(api.DELETE('/api/v1/session'));
    } catch (error) {
      if (!isOver(error)) {
        toasts.fail(error);
        return;
      }
    }
    signedOut();
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            size="compact-sm"
            rightSection={
              <Badge size="sm" variant="light" visibleFrom="xs" style={{ flexShrink: 0 }}>
                {words.role(session.role)}
              </Badge>
            }
          >
            <bdi>{session.name}</bdi>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setChanging(true)}>{words.text('own.password.open')}</Menu.Item>
          <Menu.Item onClick={() => void leave()}>{words.text('shell.leave')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Group gap="xs" wrap="nowrap" visibleFrom="sm">
        <ThemeSwitch size="xs" />
        <LanguageSwitch />
      </Group>
      {changing ? <OwnPassword name={session.name} close={() => setChanging(false)} /> : null}
    </Group>
  );
}
