/**
 * The address that is called: the base URL with the protocol's path behind it. A base that already ends in that path is used as it is,
 * a version that both have is not doubled, and the query string stays.
 */
export function endpoint(base: URL, path: '/chat/completions' | '/v1/messages'): URL {
  const url = new URL(base);
  const root = url.pathname.replace(/\/+$/, '');
  if (root.endsWith(path)) url.pathname = root;
  else if (path === '/v1/messages' && root.endsWith('/v1')) url.pathname = `${root}/messages`;
  else url.pathname = root + path;
  return url;
}
