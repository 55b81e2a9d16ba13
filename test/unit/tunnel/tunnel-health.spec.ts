import { loadConfig } from '../../../src/platform/config/load-config';
import { Egress } from '../../../src/platform/egress/egress';
import { EgressConfig } from '../../../src/platform/egress/egress.config';
import { TunnelHealth } from '../../../src/tunnel/tunnel-health';
import { tempDir } from '../../support/temp-dir';
import { until } from '../../support/until';
import { startRawUpstream } from '../../support/upstream';
import type { RawUpstream } from '../../support/upstream';

const EVERY_MS = 20;

let edge: RawUpstream;
/** The status of the answer to the request of that number, from 1. */
let answer: (asked: number) => number;
let egress: Egress;
let remove: () => Promise<void>;
let health: TunnelHealth;
let reasons: string[];

beforeEach(async () => {
  const dir = await tempDir();
  remove = dir.remove;
  egress = new Egress(await loadConfig({ sections: [EgressConfig], configDir: dir.path, env: {} }));
  edge = await startRawUpstream((response) => void response.writeHead(answer(edge.requests.length)).end('{}'));
  reasons = [];
});

afterEach(async () => {
  health.stop();
  await edge.stop();
  await egress.onApplicationShutdown();
  await remove();
});

const watch = (url = `${edge.url}/health/live`) =>
  (health = new TunnelHealth(url, egress, (reason) => reasons.push(reason), EVERY_MS));

test('nothing is broken while it answers 2xx', async () => {
  answer = () => 200;
  watch();
  await until(() => edge.requests.length >= 5);
  expect(reasons).toEqual([]);
});

test('three bad answers in a row are', async () => {
  answer = () => 530;
  watch();
  await until(() => reasons.length === 1);
  expect(reasons[0]).toBe('health_url answers 530, 3 times in a row');
  expect(edge.requests.length).toBeGreaterThanOrEqual(3);
});

test('two are not: a good one makes up for them', async () => {
  answer = (asked) => (asked % 3 === 0 ? 200 : 503);
  watch();
  await until(() => edge.requests.length >= 9);
  expect(reasons).toEqual([]);
});

test('an edge that is not there is as bad', async () => {
  watch('http://127.0.0.1:1/');
  await until(() => reasons.length === 1);
  expect(reasons[0]).toContain('does not answer');
});
