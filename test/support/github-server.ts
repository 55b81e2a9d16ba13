import { startPlatform } from './platform-server';
import type { PlatformCall, PlatformServer, Trick } from './platform-server';

export interface GithubServer extends PlatformServer {
  /** Comments by the path of their list, `/repos/o/r/issues/1/comments`, the oldest first. */
  comments: Map<string, { body: string; updated_at: string }[]>;
  /** Takes the next comment and cuts the connection instead of saying so. */
  loseNextAnswer(): void;
  /** Calls that wrote a comment, whether or not the gateway heard of it. */
  posts(): PlatformCall[];
}

/** GitHub's API as far as the channel speaks to it: comments, their lists with `since` and pages, replies in review threads. */
export async function startGithub(
  usual: (call: PlatformCall) => Trick | undefined = () => undefined,
): Promise<GithubServer> {
  const comments: GithubServer['comments'] = new Map();
  let lose = false;

  const answer = (call: PlatformCall): Trick => {
    const given = usual(call);
    if (given) return given;
    const { pathname, searchParams } = new URL(call.path, 'http://localhost');
    const list = pathname.replace(/\/\d+\/replies$/, '');
    if (!/^\/repos\/[^/]+\/[^/]+\/(issues|pulls)\/\d+\/comments$/.test(list)) return notFound;
    const kept = comments.get(list) ?? [];
    comments.set(list, kept);
    if (call.method === 'GET') {
      const { since = '', per_page: size = '30', page = '1' } = Object.fromEntries(searchParams);
      const found = kept.filter((one) => one.updated_at >= since);
      return { json: found.slice((Number(page) - 1) * Number(size), Number(page) * Number(size)) };
    }
    const { body } = call.json as { body: string };
    kept.push({ body, updated_at: new Date().toISOString() });
    if (lose) {
      lose = false;
      return 'cut';
    }
    return { status: 201, json: { id: kept.length, body } };
  };

  const server = await startPlatform(answer);
  return Object.assign(server, {
    comments,
    loseNextAnswer: () => {
      lose = true;
    },
    posts: () => server.calls.filter(({ method, path }) => method === 'POST' && path.startsWith('/repos/')),
  });
}

const notFound = { status: 404, json: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' } };
