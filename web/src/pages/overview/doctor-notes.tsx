import { Alert, Anchor, List } from '@mantine/core';
import { IconStethoscope } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { readDiagnosis } from '../doctor/doctor.api';

/** How many findings are told here; the others are on the doctor's own page. */
const SHOWN = 3;
/** The doctor asks the model host, so it is not asked at every look. */
const FRESH_MS = 300_000;

/** What the doctor has found, the worst first; nothing while everything is well. */
export function DoctorNotes() {
  const diagnosis = useQuery({ queryKey: ['doctor'], queryFn: readDiagnosis, staleTime: FRESH_MS });
  const findings = diagnosis.data?.results ?? [];
  const found = [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity === 'warn'),
  ];
  if (found.length === 0) return null;
  const isWrong = found[0]?.severity === 'error';
  return (
    <Alert
      color={isWrong ? 'red' : 'yellow'}
      variant="light"
      icon={<IconStethoscope aria-hidden />}
      title={isWrong ? 'Something is wrong' : 'Worth a look'}
    >
      <List size="sm">
        {found.slice(0, SHOWN).map(({ id, message }, position) => (
          <List.Item key={`${id} ${position}`}>{message}</List.Item>
        ))}
      </List>
      <Anchor component={Link} to="/doctor" size="sm" underline="always" c="var(--mantine-color-text)">
        {found.length > SHOWN ? `All ${found.length} findings` : 'What to do about it'}
      </Anchor>
    </Alert>
  );
}
