import { Autocomplete, Checkbox, Modal, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { FormEnd } from '../../parts/form-end';
import { tellDone } from '../../parts/tell';
import type { Integration } from './integrations.api';
import { saveCredentials } from './integrations.api';

interface Props {
  integration: Integration;
  isDefault: boolean;
  revision: string;
  onClose: () => void;
}

/** The key and the model of one model host. The key is written and never shown again. */
export function CredentialsForm({ integration, isDefault, revision, onClose }: Props) {
  const queries = useQueryClient();
  const keyField = integration.fields.find(({ key }) => key === 'api_key');
  const modelField = integration.fields.find(({ key }) => key === 'default_model');
  const [apiKey, setApiKey] = useState('');
  const [model, setModel] = useState(modelField?.current_value ?? '');
  const [activate, setActivate] = useState(false);
  const saving = useMutation({
    mutationFn: () => {
      const fields = {
        ...(apiKey.trim() !== '' && { api_key: apiKey.trim() }),
        ...(model.trim() !== '' && { default_model: model.trim() }),
      };
      return saveCredentials(integration.id, { fields, activate }, revision);
    },
    onSuccess: () => {
      tellDone(`${integration.name} is set up`);
      onClose();
    },
    onSettled: () =>
      Promise.all(['config', 'status', 'doctor'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  return (
    <Modal opened onClose={onClose} title={integration.name} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={submit}>
        <Stack>
          {keyField && (
            <PasswordInput
              label={keyField.label}
              description={
                keyField.has_value ? `There is one (${keyField.from ?? 'config.toml'}); empty keeps it` : undefined
              }
              value={apiKey}
              onChange={(event) => setApiKey(event.currentTarget.value)}
              autoComplete="off"
              required={!keyField.has_value}
              data-autofocus
            />
          )}
          {modelField && (
            <Autocomplete label={modelField.label} data={modelField.options} value={model} onChange={setModel} />
          )}
          {!isDefault && (
            <Checkbox
              label="Use it whenever no other is named"
              checked={activate}
              onChange={(event) => setActivate(event.currentTarget.checked)}
            />
          )}
          <FormEnd verb="Save" isSending={saving.isPending} error={saving.error} />
        </Stack>
      </form>
    </Modal>
  );
}
