import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIXTURES } from '../../support/api-fixtures';
import { apiPage } from '../../support/api-page';
import type { GatewayUnderTest } from '../../support/gateway';
import { startGateway } from '../../support/gateway';
import type { ApiDescription } from '../../support/openapi';
import { operationsOf } from '../../support/openapi';
import { AnswerCheck } from '../../support/openapi-answer';
import { readAnswer, revealingCurl, runShell, shellBlocks } from '../../support/shell-docs';
import { tempDir } from '../../support/temp-dir';

const PAGE = join(__dirname, '../../../docs/api.md');
/** Where a command alone cannot succeed: a run of the echo model is over before one can stop it, and names of files change. */
const OTHERWISE: Record<string, number> = {
  post_api_runs_id_cancel: 409,
  get_app_assets_name: 404,
  get_webhook: 405,
};

let gateway: GatewayUnderTest;
let document: ApiDescription;
let page: string;
beforeAll(async () => {
  gateway = await startGateway({
    toml: '[gateway]\npair_rate_limit_per_minute = 0\nwebhook_rate_limit_per_minute = 0\n',
  });
  document = (await (await gateway.fetch('/api/openapi.json')).json()) as ApiDescription;
  if (process.env['WRITE_DOCS'] === '1') await writeFile(PAGE, apiPage(document));
  page = await readFile(PAGE, 'utf8');
});
afterAll(() => gateway.stop());

it('is what the gateway says of itself (WRITE_DOCS=1 npx jest test/e2e/openapi writes it anew)', () => {
  expect(page).toBe(apiPage(document));
});

it('begins with a token that works', async () => {
  const [first = ''] = shellBlocks(page);
  const code = (await FIXTURES['CODE']?.(gateway, '')) ?? '';
  const command = `${first.replace(/^URL=.*$/m, `URL=${gateway.url}`)}\necho "$TOKEN"`;
  const { stdout } = await runShell(command, { PATH: process.env['PATH'] ?? '', CODE: code });
  expect((await gateway.fetch('/api/status', { token: stdout.trim() })).status).toBe(200);
});

it('has commands that work, and answers that are as described', async () => {
  const folder = await tempDir();
  const env = {
    PATH: `${await revealingCurl(folder.path)}:${process.env['PATH']}`,
    URL: gateway.url,
    TOKEN: await gateway.pair(),
  };
  const check = new AnswerCheck(document);
  const wrong: unknown[] = [];
  const commands = new Set(shellBlocks(page));
  for (const { path, operation } of operationsOf(document)) {
    const { operationId: id, tags, 'x-codeSamples': samples } = operation;
    const command = samples[0]?.source ?? '';
    expect(commands).toContain(command);
    const { stdout, stderr } = await runShell(command, { ...env, ...(await variables(command, env.TOKEN)) });
    const answer = readAnswer(stdout);
    const faults = check.faults(operation, answer);
    const isGood = tags.includes('channels') && !path.startsWith('/api/') ? answer.status < 500 : answer.status < 400;
    const expected = OTHERWISE[id] === undefined ? isGood : answer.status === OTHERWISE[id];
    if (faults.length > 0 || !expected)
      wrong.push({ id, status: answer.status, faults, body: answer.body.slice(0, 300), stderr });
  }
  await folder.remove();
  expect(wrong).toEqual([]);
}, 60_000);

async function variables(command: string, token: string): Promise<Record<string, string>> {
  const names = Object.keys(FIXTURES).filter((name) => command.includes(`$${name}`));
  const values = await Promise.all(
    names.map(async (name) => [name, (await FIXTURES[name]?.(gateway, token)) ?? ''] as const),
  );
  return Object.fromEntries(values);
}
