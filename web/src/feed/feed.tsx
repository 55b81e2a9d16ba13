import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import type { FeedEvent } from './read-feed';
import { readFeed } from './read-feed';

/** How many events the page keeps. */
const KEPT = 500;
/** What a page shows is asked for again at most this often because of events. */
const REFRESH_MS = 1_000;

/** Which answers are old news after an event. */
const STALE: Record<string, string[]> = {
  agent_end: ['cost', 'sessions'],
  approval: ['approvals'],
  channel_message: ['channels'],
  config_changed: ['config', 'doctor', 'status'],
  cron_run: ['cron'],
  gap: ['approvals', 'channels', 'config', 'cost', 'cron', 'devices', 'sessions', 'status'],
  pairing: ['devices'],
  tunnel: ['status'],
};

interface Feed {
  /** The newest first. */
  events: FeedEvent[];
  isLive: boolean;
}

const FeedContext = createContext<Feed>({ events: [], isLive: false });

/** The gateway's live feed, read once for the whole page. What a page shows is refreshed when an event says that it has changed. */
export function FeedProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [events, setEvents] = useState<FeedEvent[]>([]);
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    const controller = new AbortController();
    const waiting: FeedEvent[] = [];
    const stale = new Set<string>();
    const settle = () => {
      for (const key of stale) void queries.invalidateQueries({ queryKey: [key] });
      stale.clear();
      const news = waiting.splice(0).toReversed();
      if (news.length > 0) setEvents((before) => [...news, ...before].slice(0, KEPT));
    };
    const timer = setInterval(settle, REFRESH_MS);
    const onEvent = (event: FeedEvent) => {
      waiting.push(event);
      for (const key of STALE[event.type] ?? []) stale.add(key);
    };
    void readFeed(onEvent, setLive, controller.signal);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [queries]);
  const feed = useMemo(() => ({ events, isLive }), [events, isLive]);
  return <FeedContext.Provider value={feed}>{children}</FeedContext.Provider>;
}

export function useFeed(): Feed {
  return useContext(FeedContext);
}
