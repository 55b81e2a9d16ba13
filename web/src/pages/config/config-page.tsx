import { Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { ConfigForm } from './config-form';
import { readConfig } from './config.api';
import { RevisionList } from './revision-list';

/** config.toml: seen, checked, compared, written, and what it said before. */
export function ConfigPage() {
  const config = useQuery({ queryKey: ['config'], queryFn: readConfig });
  return (
    <>
      <PageHeader title="Configuration">
        {config.data
          ? `The gateway’s own file, ${config.data.file}. Secrets are masked; a mask that stays keeps its secret.`
          : 'The gateway’s own file.'}
      </PageHeader>
      <Tabs defaultValue="file" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="file">File</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="file">
          <Loaded query={config}>{(data) => <ConfigForm config={data} />}</Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <RevisionList />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
