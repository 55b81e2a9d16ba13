import { Modal, SegmentedControl, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { FormEnd } from '../../parts/form-end';
import { tellDone } from '../../parts/tell';
import type { JobWish } from './cron.api';
import { addJob } from './cron.api';
import type { Timing } from './timing-fields';
import { TimingFields, wishOf } from './timing-fields';

/** Asks what a new job is to do, and when. */
export function NewJob({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const [kind, setKind] = useState<'prompt' | 'command'>('prompt');
  const [task, setTask] = useState('');
  const [timing, setTiming] = useState<Timing>({
    kind: 'schedule',
    expression: '0 9 * * 1-5',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    at: '',
    minutes: 60,
  });
  const adding = useMutation({
    mutationFn: () => {
      const wish: JobWish = { ...wishOf(timing), [kind]: task };
      return addJob(name.trim() === '' ? wish : { ...wish, name: name.trim() });
    },
    onSuccess: () => {
      tellDone('The job is set up');
      onClose();
      return queries.invalidateQueries({ queryKey: ['cron'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Add a job" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            maxLength={200}
            data-autofocus
          />
          <SegmentedControl
            aria-label="What it does"
            value={kind}
            onChange={(value) => setKind(value === 'command' ? 'command' : 'prompt')}
            data={[
              { value: 'prompt', label: 'Say something to the agent' },
              { value: 'command', label: 'Run a command' },
            ]}
          />
          <Textarea
            label={kind === 'prompt' ? 'What the agent is told' : 'Command line'}
            value={task}
            onChange={(event) => setTask(event.currentTarget.value)}
            autosize
            minRows={2}
            required
          />
          <TimingFields timing={timing} onChange={setTiming} />
          <FormEnd verb="Add" isSending={adding.isPending} error={adding.error} />
        </Stack>
      </form>
    </Modal>
  );
}
