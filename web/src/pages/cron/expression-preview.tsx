import { List, Paper, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { sentenceOf } from '../../api/api-error';
import { nextRuns } from './cron.api';
import { sayExpression } from './say-schedule';

/** What an expression means, and the next five times by the gateway's own reckoning. */
export function ExpressionPreview({ expression, timezone }: { expression: string; timezone: string }) {
  const [wanted] = useDebouncedValue({ expression: expression.trim(), timezone: timezone.trim() }, 300);
  const preview = useQuery({
    queryKey: ['cron-preview', wanted.expression, wanted.timezone],
    queryFn: () => nextRuns(wanted.expression, wanted.timezone),
    enabled: wanted.expression !== '',
    retry: false,
  });
  return (
    <Paper withBorder p="sm" mih={170} aria-live="polite">
      <Text size="sm" fw={500}>
        {sayExpression(wanted.expression) ?? 'Not an expression yet'}
      </Text>
      {preview.isError && (
        <Text size="sm" c="red">
          {sentenceOf(preview.error)}
        </Text>
      )}
      {preview.data && (
        <List size="sm" mt={4}>
          {preview.data.map((time) => (
            <List.Item key={time}>
              {new Date(time).toLocaleString('en', {
                dateStyle: 'full',
                timeStyle: 'short',
                timeZone: safeZone(wanted.timezone),
              })}
            </List.Item>
          ))}
        </List>
      )}
    </Paper>
  );
}

/** The gateway has accepted the zone by now; a browser may still not know it. */
function safeZone(timezone: string): string | undefined {
  return Intl.supportedValuesOf('timeZone').includes(timezone) ? timezone : undefined;
}
