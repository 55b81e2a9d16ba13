import { SegmentedControl, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { CredentialsForm } from './credentials-form';
import { IntegrationCard } from './integration-card';
import type { Integration, Settings } from './integrations.api';
import { readSettings } from './integrations.api';

type Which = 'served' | 'AiModel' | 'all';

/** What the gateway can be connected with; keys of model hosts are entered here. */
export function IntegrationsPage() {
  const settings = useQuery({ queryKey: ['config', 'integrations'], queryFn: readSettings });
  return (
    <>
      <PageHeader title="Integrations">
        What the gateway can be connected with. Keys of model hosts are entered here.
      </PageHeader>
      <Loaded query={settings}>{(data) => <Choice settings={data} />}</Loaded>
    </>
  );
}

function Choice({ settings }: { settings: Settings }) {
  const [which, setWhich] = useState<Which>('AiModel');
  const [words, setWords] = useState('');
  const [edited, setEdited] = useState<Integration | undefined>();
  const wanted = words.trim().toLowerCase();
  const shown = settings.integrations.filter(
    ({ name, category, status }) =>
      name.toLowerCase().includes(wanted) &&
      (which === 'all' || (which === 'AiModel' ? category === 'AiModel' : true)) &&
      (which === 'all' || status !== 'ComingSoon'),
  );
  return (
    <Stack>
      <SegmentedControl
        aria-label="Which"
        value={which}
        onChange={(value) => setWhich(value as Which)}
        data={[
          { value: 'AiModel', label: 'Model hosts' },
          { value: 'served', label: 'All that is served' },
          { value: 'all', label: 'Everything' },
        ]}
      />
      <TextInput
        label="Find"
        type="search"
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        maw={420}
      />
      {shown.length === 0 && <Empty title="Nothing fits">Try other words.</Empty>}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {shown.map((integration) => (
          <IntegrationCard
            key={integration.id}
            integration={integration}
            isDefault={integration.id === settings.active_default_provider_integration_id}
            onEdit={() => setEdited(integration)}
          />
        ))}
      </SimpleGrid>
      {edited && (
        <CredentialsForm
          integration={edited}
          isDefault={edited.id === settings.active_default_provider_integration_id}
          revision={settings.revision}
          onClose={() => setEdited(undefined)}
        />
      )}
    </Stack>
  );
}
