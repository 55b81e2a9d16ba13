import { Badge, Button, Group, Paper, Text, Title } from '@mantine/core';
import type { Integration } from './integrations.api';

const STATUS: Record<Integration['status'], [words: string, colour: string]> = {
  Active: ['in use', 'teal'],
  Available: ['available', 'blue'],
  ComingSoon: ['not served', 'gray'],
};

interface Props {
  integration: Integration;
  /** It is the model host that answers when none is named. */
  isDefault: boolean;
  onEdit: () => void;
}

/** One thing the gateway can be connected with. */
export function IntegrationCard({
  integration: { name, description, status, configured, fields },
  isDefault,
  onEdit,
}: Props) {
  const [words, colour] = STATUS[status];
  return (
    <Paper withBorder p="md" component="article" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        <Title order={2} size="h5">
          {name}
        </Title>
        <Group gap={4}>
          {isDefault && <Badge>default</Badge>}
          <Badge color={colour} tt="none">
            {words}
          </Badge>
        </Group>
      </Group>
      <Text size="sm" c="dimmed" my="xs">
        {description}
      </Text>
      {fields.length > 0 && (
        <Button size="xs" variant="default" onClick={onEdit} aria-label={`Set up ${name}`}>
          {configured ? 'Change' : 'Set up'}
        </Button>
      )}
    </Paper>
  );
}
