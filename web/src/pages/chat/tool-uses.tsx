import { Accordion, Badge, Code, Group, Stack, Text } from '@mantine/core';
import type { ToolUse } from './conversation';

/** What the agent did on the way to its answer, folded. */
export function ToolUses({ tools }: { tools: ToolUse[] }) {
  return (
    <Accordion variant="contained" chevronPosition="left" multiple>
      {tools.map((tool) => (
        <Accordion.Item key={tool.id} value={tool.id}>
          <Accordion.Control>
            <Group gap="xs">
              <Text size="sm" ff="monospace">
                {tool.name}
              </Text>
              <State result={tool.result} />
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <Stack gap="xs">
              <Code block tabIndex={0}>
                {typeof tool.args === 'string' ? tool.args : JSON.stringify(tool.args, null, 2)}
              </Code>
              {tool.result && (
                <Code block mah={320} tabIndex={0}>
                  {tool.result.output}
                </Code>
              )}
            </Stack>
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function State({ result }: { result: ToolUse['result'] }) {
  if (!result) {
    return (
      <Badge size="sm" variant="light">
        running
      </Badge>
    );
  }
  return (
    <Badge size="sm" variant="light" color={result.success ? 'teal' : 'red'}>
      {result.success ? 'done' : 'failed'}
    </Badge>
  );
}
