import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../../../src/platform/config/load-config';
import { TunnelConfig } from '../../../src/tunnel/tunnel.config';
import { tunnelProgram } from '../../../src/tunnel/tunnel-programs';
import { tempDir } from '../../support/temp-dir';

const page = readFileSync(join(__dirname, '../../../docs/tunnels.md'), 'utf8');
const examples = [...page.matchAll(/```toml\n([\s\S]*?)```/g)].map(([, toml = '']) => toml);

test('there is one for every kind', () => {
  expect(examples.map((toml) => /provider = "(\w+)"/.exec(toml)?.[1])).toEqual([
    'cloudflare',
    'ngrok',
    'tailscale',
    'custom',
  ]);
});

test.each(examples)('this example of docs/tunnels.md is complete:\n%s', async (toml) => {
  const dir = await tempDir();
  await writeFile(join(dir.path, 'config.toml'), toml, { mode: 0o600 });
  const env = { BORE_SECRET: 'secret-of-bore' };
  const config = await readConfig({ sections: [TunnelConfig], configDir: dir.path, env });
  expect(config.tree.problems).toEqual([]);
  expect(config.tree.warnings).toEqual([]);
  expect(tunnelProgram(config.get(TunnelConfig), { host: '127.0.0.1', port: 1 }, env)).not.toHaveProperty('problem');
  await dir.remove();
});
