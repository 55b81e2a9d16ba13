import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderExample } from '../../../../src/platform/config/config-example';
import { jsonSchema } from '../../../../src/platform/config/json-schema';
import { loadConfig } from '../../../../src/platform/config/load-config';
import { tempDir } from '../../../support/temp-dir';
import { sampleSections } from './sample.config';

describe('what the sections say about themselves', () => {
  const example = renderExample(sampleSections);

  it('is an example that loads to the defaults', async () => {
    const { path, remove } = await tempDir();
    await writeFile(join(path, 'config.toml'), example, { mode: 0o600 });

    const config = await loadConfig({ sections: sampleSections, configDir: path, env: {} });

    for (const section of sampleSections) expect(config.get(section)).toEqual(new section());
    expect(await config.warnings()).toEqual([]);
    await remove();
  });

  it.each([
    ['a default that is set', 'degrees = 20.5'],
    ['an example instead of an empty default', '# guests = ["Bob"]'],
    [
      'bounds, variables and what needs a restart',
      '# Degrees.\n# Environment: SAMPLE_DEGREES. Needs a restart.\ndegrees',
    ],
    ['a nested table as a table', '# The lamp at the door.\n[house.porch]'],
    ['an entry of a list as a comment', '# Lamps in a row.\n# [[house.row]]\n# # Watts.'],
    ['an entry of a free map as a comment', '# [house.rooms.name]'],
  ])('shows %s', (_, text) => expect(example).toContain(text));

  it('shows tables that switch something on as comments only', () => {
    const quiet = renderExample(sampleSections, sampleSections);
    expect(quiet.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    expect(quiet).toContain('# degrees = 20.5');
  });

  it('is a JSON schema with bounds, variables and secrets', () => {
    expect(jsonSchema(sampleSections)).toMatchObject({
      properties: {
        name: { type: 'string', minLength: 1, 'x-live': true },
        house: {
          description: 'A house with every kind of key.',
          properties: {
            port: { type: 'integer', minimum: 0, maximum: 65_535, default: 80, 'x-env': ['ZEROCLAW_GATEWAY_PORT'] },
            mode: { enum: ['readonly', 'full'] },
            keys: { type: 'array', items: { type: 'string' }, writeOnly: true },
            porch: { type: 'object', properties: { watts: { minimum: 1, 'x-live': false } } },
            row: { type: 'array', items: { properties: { watts: { type: 'integer', 'x-live': true } } } },
            rooms: { type: 'object', additionalProperties: { properties: { code: { writeOnly: true } } } },
          },
        },
      },
    });
  });
});
