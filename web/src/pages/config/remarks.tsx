import { Alert, List } from '@mantine/core';
import type { Remark } from './config.api';

/** What is wrong and what is odd, in words, for those who do not see the marks. */
export function Remarks({ problems, warnings }: { problems: readonly Remark[]; warnings: readonly Remark[] }) {
  return (
    <>
      <Remarked title="This cannot be written" color="red" remarks={problems} />
      <Remarked title="Worth a look" color="yellow" remarks={warnings} />
    </>
  );
}

function Remarked({ title, color, remarks }: { title: string; color: string; remarks: readonly Remark[] }) {
  if (remarks.length === 0) return null;
  return (
    <Alert color={color} variant="light" title={title} role="status">
      <List size="sm">
        {remarks.map(({ key, line, message }, position) => (
          <List.Item key={position}>
            {line !== null && `Line ${line}: `}
            {key} {message}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
