import { Button, Checkbox, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { sentenceOf } from '../../api/api-error';
import type { Scope } from './devices.api';
import { issueCode, SCOPES } from './devices.api';
import { NewCode } from './new-code';

const MEANING: Record<Scope, string> = {
  chat: 'Talk to the agent',
  read: 'Look at the gateway',
  admin: 'Change the gateway (includes the other two)',
};

/** Asks what a further device may do and shows the code that lets it in. */
export function AddDevice({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>([...SCOPES]);
  const [days, setDays] = useState<number | string>('');
  const issuing = useMutation({
    mutationFn: () => issueCode({ name, scopes, expires_in_days: days === '' ? undefined : Number(days) }),
  });
  const leave = () => {
    onClose();
    issuing.reset();
    setName('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    issuing.mutate();
  };
  return (
    <Modal opened={opened} onClose={leave} title="Add a device" closeButtonProps={{ 'aria-label': 'Close' }}>
      {issuing.data ? (
        <NewCode issued={issuing.data} onDone={leave} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label="Name"
              description="How it is called in lists"
              placeholder="Phone"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              maxLength={64}
              data-autofocus
            />
            <Checkbox.Group label="It may" value={scopes} onChange={(chosen) => setScopes(chosen as Scope[])}>
              <Stack gap={6} mt={6}>
                {SCOPES.map((scope) => (
                  <Checkbox key={scope} value={scope} label={MEANING[scope]} />
                ))}
              </Stack>
            </Checkbox.Group>
            <NumberInput
              label="Days until its token expires"
              description="Empty: never"
              value={days}
              onChange={setDays}
              min={1}
              allowDecimal={false}
              error={issuing.isError ? sentenceOf(issuing.error) : undefined}
            />
            <Group justify="flex-end">
              <Button type="submit" loading={issuing.isPending} disabled={scopes.length === 0}>
                Make a code
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
