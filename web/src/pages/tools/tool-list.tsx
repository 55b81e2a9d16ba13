import { Accordion, Badge, Code, Group, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Empty } from '../../parts/empty';
import type { Tool } from './tools.api';
import { RISK_COLOURS } from './tools.api';

/** Every tool with its risk, where it comes from, and why it is off if it is. */
export function ToolList({ tools }: { tools: Tool[] }) {
  const [wanted, setWanted] = useState('');
  const words = wanted.trim().toLowerCase();
  const shown = tools.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(words));
  return (
    <>
      <TextInput
        label="Find a tool"
        type="search"
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        mb="md"
        maw={420}
      />
      {shown.length === 0 && <Empty title="No tool fits">Try other words.</Empty>}
      <Accordion variant="separated" chevronPosition="left">
        {shown.map((tool) => (
          <Accordion.Item key={tool.name} value={tool.name}>
            <Accordion.Control>
              <Group gap="xs">
                <Text ff="monospace" fw={500} size="sm">
                  {tool.name}
                </Text>
                <Badge size="sm" variant="light" color={RISK_COLOURS[tool.risk]}>
                  {tool.risk} risk
                </Badge>
                {!tool.enabled && (
                  <Badge size="sm" variant="outline" color="gray">
                    off
                  </Badge>
                )}
                {tool.source !== 'builtin' && (
                  <Badge size="sm" variant="light" color="blue" tt="none">
                    {tool.source}
                  </Badge>
                )}
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {tool.reason && (
                <Text size="sm" mb="xs">
                  It is off: {tool.reason}
                </Text>
              )}
              <Text size="sm" mb="xs">
                {tool.description}
              </Text>
              <Code block tabIndex={0}>
                {JSON.stringify(tool.parameters, null, 2)}
              </Code>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </>
  );
}
