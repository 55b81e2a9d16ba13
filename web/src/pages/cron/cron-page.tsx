import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Empty } from '../../parts/empty';
import { Loaded } from '../../parts/loaded';
import { PageHeader } from '../../parts/page-header';
import { listJobs } from './cron.api';
import { JobCard } from './job-card';
import { NewJob } from './new-job';

/** Jobs that start by themselves: what they do, when next, and how it went. */
export function CronPage() {
  const jobs = useQuery({ queryKey: ['cron'], queryFn: listJobs, refetchInterval: 10_000 });
  const [adding, { open, close }] = useDisclosure(false);
  const add = <Button onClick={open}>Add a job</Button>;
  return (
    <>
      <PageHeader title="Cron" actions={add}>
        Things the agent does by itself, at a time or again and again.
      </PageHeader>
      <Loaded query={jobs}>
        {(list) =>
          list.length === 0 ? (
            <Empty title="No jobs yet" action={add}>
              Have the agent write a summary every morning, or remind you once.
            </Empty>
          ) : (
            <Stack>
              {list.map((job) => (
                <JobCard key={job.id} job={job} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {adding && <NewJob onClose={close} />}
    </>
  );
}
