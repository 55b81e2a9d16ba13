import { useSyncExternalStore } from 'react';

const KEY = 'zeroclaw_token';
const listeners = new Set<() => void>();

/** The bearer token of this browser; null until it is paired. */
export function currentToken(): string | null {
  return localStorage.getItem(KEY);
}

export function keepToken(token: string): void {
  localStorage.setItem(KEY, token);
  announce();
}

/** After this every page shows the way to pair again. */
export function forgetToken(): void {
  localStorage.removeItem(KEY);
  announce();
}

/** Follows the token, also when another tab changes it. */
export function useToken(): string | null {
  return useSyncExternalStore(subscribe, currentToken);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function announce(): void {
  for (const listener of listeners) listener();
}
