import { relative } from 'node:path';
import * as fc from 'fast-check';
import { judgePath } from '../../../../src/tools/safety/path-policy';
import type { PathRules } from '../../../../src/tools/safety/path-policy';

const RULES: PathRules = {
  workspace: '/home/zc/workspace',
  allowedRoots: ['/srv/data'],
  forbidden: ['/home', '/etc', '/home/zc/workspace/vault', '/home/zc/config.toml', '/srv/data/db'],
  workspaceOnly: true,
  allowSensitive: { read: false, write: false },
};

describe('a path as it is written', () => {
  it.each([
    ['notes.md', '/home/zc/workspace/notes.md'],
    ['./a//b/', '/home/zc/workspace/a/b'],
    ['.', '/home/zc/workspace'],
    ['/home/zc/workspace/a', '/home/zc/workspace/a'],
    ['/srv/data/x.csv', '/srv/data/x.csv'],
    ['a..b/c...', '/home/zc/workspace/a..b/c...'],
    ['100%/x', '/home/zc/workspace/100%/x'],
    ['environment', '/home/zc/workspace/environment'],
    ['keynote.txt', '/home/zc/workspace/keynote.txt'],
    ['ünïcode ☀ name', '/home/zc/workspace/ünïcode ☀ name'],
    ['.github/x', '/home/zc/workspace/.github/x'],
  ])('%j is allowed', (text, path) => {
    expect(judgePath(text, 'read', RULES)).toEqual({ path });
  });

  it.each([
    ['', /empty/],
    ['a\0b', /NUL/],
    ['../x', /"\.\."/],
    ['a/../../x', /"\.\."/],
    ['a/..', /"\.\."/],
    ['..\\x', /"\.\."/],
    ['..%2fx', /"\.\."/],
    ['%2e%2e/x', /"\.\."/],
    ['%2E%2e%2Fx', /"\.\."/],
    ['%252e%252e%252fx', /"\.\."/],
    ['%25252e%25252e/x', /"\.\."/],
    ['..%5cx', /"\.\."/],
    ['~', /begins with ~/],
    ['~/.ssh/id_rsa', /begins with ~/],
    ['~root/x', /begins with ~/],
    ['/etc/passwd', /outside of the workspace/],
    ['/', /outside of the workspace/],
    ['/home/zc/workspace2/x', /outside of the workspace/],
    ['/home/zc/config.toml', /outside of the workspace/],
    ['vault/x', /forbidden folder/],
    ['vault', /forbidden folder/],
    ['/srv/data/db/x', /forbidden folder/],
    ['.env', /holds secrets/],
    ['app/.env.production', /holds secrets/],
    ['.ENV', /holds secrets/],
    ['deploy/server.pem', /holds secrets/],
    ['deploy/Server.KEY', /holds secrets/],
    ['.ssh/config', /holds secrets/],
    ['a/.aws/b/c', /holds secrets/],
    ['id_ed25519', /holds secrets/],
    ['credentials.json', /holds secrets/],
    ['home/.netrc', /holds secrets/],
    ['x'.repeat(5000), /longer than/],
  ])('%j is refused', (text, reason) => {
    expect(judgePath(text, 'read', RULES).refused).toMatch(reason);
  });

  it('keeps writers, and only them, out of .git', () => {
    expect(judgePath('.git/config', 'write', RULES).refused).toMatch(/\.git/);
    expect(judgePath('sub/.GIT/hooks/pre-commit', 'write', RULES).refused).toMatch(/\.git/);
    expect(judgePath('.git/HEAD', 'read', RULES).path).toBe('/home/zc/workspace/.git/HEAD');
  });

  it('opens sensitive files for what the operator allowed', () => {
    const rules = { ...RULES, allowSensitive: { read: true, write: false } };
    expect(judgePath('.env', 'read', rules).refused).toBeUndefined();
    expect(judgePath('.env', 'write', rules).refused).toMatch(/allow_sensitive_file_writes/);
  });

  it('opens everything but the forbidden folders when tools may leave the workspace', () => {
    const rules = { ...RULES, workspaceOnly: false };
    expect(judgePath('/opt/tool', 'read', rules).path).toBe('/opt/tool');
    expect(judgePath('/etc/passwd', 'read', rules).refused).toMatch(/forbidden/);
    expect(judgePath('/home/zc/config.toml', 'read', rules).refused).toMatch(/forbidden/);
    expect(judgePath('a.txt', 'read', rules).path).toBe('/home/zc/workspace/a.txt');
  });

  it('never lets a path out, whatever it is made of', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '',
        '~',
        '%2e%2e',
        '%2f',
        '\\',
        '..\\..',
        'a',
        '.env',
        'etc',
        'home',
        'zc',
        'workspace',
        '\0',
        '%',
      ),
      fc.string({ maxLength: 6, unit: 'binary' }),
    );
    const text = fc.tuple(fc.constantFrom('', '/', '//', '~', './'), fc.array(piece, { maxLength: 8 }));
    fc.assert(
      fc.property(text, ([start, pieces]) => {
        const { path } = judgePath(start + pieces.join('/'), 'write', RULES);
        if (path === undefined) return;
        const inside = ['/home/zc/workspace', '/srv/data'].some((root) => !relative(root, path).startsWith('..'));
        expect(inside).toBe(true);
        expect(path).not.toMatch(/\0|\/\.env$|\/\.\.(\/|$)/);
      }),
      { numRuns: 2000 },
    );
  });
});
