import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { tellFailure } from '../../parts/tell';
import type { Diagnosis, Finding } from './doctor.api';
import { examine, readDiagnosis } from './doctor.api';

const KEY = ['doctor'];
const SEVERITY: Record<Finding['severity'], [words: string, colour: string]> = {
  error: ['wrong', 'red'],
  warn: ['warning', 'yellow'],
  ok: ['fine', 'teal'],
};
const ORDER: readonly Finding['severity'][] = ['error', 'warn', 'ok'];

/** Whether everything that the gateway needs is there and works, and what leaves it open. */
export function DoctorPage() {
  const queries = useQueryClient();
  const diagnosis = useQuery({ queryKey: KEY, queryFn: readDiagnosis });
  const examining = useMutation({
    mutationFn: examine,
    onSuccess: (fresh) => queries.setQueryData(KEY, fresh),
    onError: tellFailure,
  });
  return (
    <>
      <PageHeader
        title="Doctor"
        actions={
          <Button onClick={() => examining.mutate()} loading={examining.isPending}>
            Examine again
          </Button>
        }
      >
        Whether everything the gateway needs is there and works, and what leaves it open.
      </PageHeader>
      <Loaded query={diagnosis}>{(data) => <Findings diagnosis={data} />}</Loaded>
    </>
  );
}

function Findings({ diagnosis: { results, summary } }: { diagnosis: Diagnosis }) {
  const sorted = [...results].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  return (
    <Stack>
      <Group gap="xs" role="status">
        <Badge color="red">{summary.errors} wrong</Badge>
        <Badge color="yellow">{summary.warnings} to look at</Badge>
        <Badge color="teal">{summary.ok} fine</Badge>
      </Group>
      {sorted.map((finding, position) => (
        <FindingCard key={`${finding.id} ${position}`} finding={finding} />
      ))}
    </Stack>
  );
}

function FindingCard({ finding: { id, severity, category, message, advice } }: { finding: Finding }) {
  const [words, colour] = SEVERITY[severity];
  return (
    <Paper withBorder p="sm" component="article" aria-label={message}>
      <Group gap="xs" align="flex-start" wrap="nowrap">
        <Badge color={colour} miw={90}>
          {words}
        </Badge>
        <div style={{ overflowWrap: 'anywhere' }}>
          <Title order={2} size="sm" fw={500}>
            {message}
          </Title>
          {advice && severity !== 'ok' && <Text size="sm">{advice}</Text>}
          <Text size="xs" c="dimmed">
            {category} · {id}
          </Text>
        </div>
      </Group>
    </Paper>
  );
}
