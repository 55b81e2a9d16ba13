import { Route, Routes } from 'react-router';
import { ChannelList } from './channel-list';
import { ChannelQueues } from './channel-queues';

/** The messaging platforms, and what is on its way to and from each. */
export function ChannelsPage() {
  return (
    <Routes>
      <Route path=":name" element={<ChannelQueues />} />
      <Route path="*" element={<ChannelList />} />
    </Routes>
  );
}
