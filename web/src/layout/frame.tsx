import { AppShell, Burger, Group, NavLink, ScrollArea, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Fragment } from 'react';
import { Link, useLocation } from 'react-router';
import { pages } from '../pages/pages';
import { ColorSchemeButton } from './color-scheme-button';
import classes from './frame.module.css';

/** Header, navigation and the open page; on a phone the navigation is behind a button. */
export function Frame({ children }: { children: ReactNode }) {
  const [opened, { toggle, close }] = useDisclosure(false);
  const { pathname } = useLocation();
  const groups = [...new Set(pages.map(({ group }) => group))];
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a href="#page" className={classes.skip}>
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between">
          <Group gap="sm">
            <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
            <Title order={2} size="h4" component="div">
              ZeroClaw
            </Title>
          </Group>
          <ColorSchemeButton />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          {groups.map((group) => (
            <Fragment key={group}>
              <Text size="xs" c="dimmed" fw={600} px="sm" pt="sm" pb={4}>
                {group}
              </Text>
              {pages
                .filter((page) => page.group === group)
                .map(({ path, title }) => {
                  const active = pathname === path || pathname.startsWith(`${path}/`);
                  return (
                    <NavLink
                      key={path}
                      component={Link}
                      to={path}
                      label={title}
                      active={active}
                      {...(active && { 'aria-current': 'page' })}
                      onClick={close}
                    />
                  );
                })}
            </Fragment>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        {children}
      </AppShell.Main>
    </AppShell>
  );
}
