import { Autocomplete, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { FormEnd } from '../../parts/form-end';
import { tellDone } from '../../parts/tell';
import type { Memory } from './memory.api';
import { remember } from './memory.api';

/** Adds an entry, or changes the words of one. */
export function MemoryForm({ entry, onClose }: { entry?: Memory; onClose: () => void }) {
  const queries = useQueryClient();
  const [key, setKey] = useState(entry?.key ?? '');
  const [content, setContent] = useState(entry?.content ?? '');
  const [category, setCategory] = useState(entry?.category ?? 'core');
  const saving = useMutation({
    mutationFn: () => remember({ key: key.trim(), content, category: category.trim() }),
    onSuccess: () => {
      tellDone(`“${key.trim()}” is remembered`);
      onClose();
      return queries.invalidateQueries({ queryKey: ['memory'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={entry ? 'Edit a memory' : 'Add a memory'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label="Key"
            description="A short name; storing the same key again replaces the entry"
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            readOnly={entry !== undefined}
            required
            data-autofocus={entry === undefined}
          />
          <Textarea
            label="What to remember"
            value={content}
            onChange={(event) => setContent(event.currentTarget.value)}
            autosize
            minRows={3}
            maxRows={12}
            required
            data-autofocus={entry !== undefined}
          />
          <Autocomplete
            label="Category"
            description="core is everybody’s and stays; anything else is this device’s own"
            data={['core', 'personal', 'daily', 'conversation']}
            value={category}
            onChange={setCategory}
            required
          />
          <FormEnd verb="Remember" isSending={saving.isPending} error={saving.error} />
        </Stack>
      </form>
    </Modal>
  );
}
