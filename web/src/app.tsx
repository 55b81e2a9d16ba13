import { Center, Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Suspense } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { request } from './api/request';
import { FeedProvider } from './feed/feed';
import { Frame } from './layout/frame';
import { PairPage } from './pages/pair/pair-page';
import { pages } from './pages/pages';
import { Failure } from './parts/failure';
import { useToken } from './session/token';

interface PublicHealth {
  paired: boolean;
  require_pairing: boolean;
}

/** The whole page: pairing first, unless the gateway asks for none, then everything else inside one frame. */
export function App() {
  const token = useToken();
  const health = useQuery({ queryKey: ['public-health'], queryFn: () => request<PublicHealth>('/health') });
  if (health.isPending) return <Waiting />;
  if (health.isError && token === null) return <Failure error={health.error} again={() => void health.refetch()} />;
  if (token === null && health.data?.require_pairing !== false) return <PairPage firstTime={!health.data?.paired} />;
  const home = pages[0]?.path ?? '/';
  return (
    <FeedProvider>
      <Frame>
        <Suspense fallback={<Waiting />}>
          <Routes>
            {pages.map(({ path, component: Component }) => (
              <Route key={path} path={`${path}/*`} element={<Component />} />
            ))}
            <Route path="*" element={<Navigate to={home} replace />} />
          </Routes>
        </Suspense>
      </Frame>
    </FeedProvider>
  );
}

function Waiting() {
  return (
    <Center mih="60vh">
      <Loader aria-label="Loading" />
    </Center>
  );
}
