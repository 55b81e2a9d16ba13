// Lets a child process run our TypeScript as the tests do: node --require ./test/support/typescript.cjs file.ts
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { enableCompileCache, flushCompileCache } = require('node:module');
const { join } = require('node:path');
const [[, options]] = Object.values(require('../../jest.config.cjs').transform);

// What was transpiled and compiled once is kept: more than a thousand files, in each of the many processes that tests start.
const CACHE = join(__dirname, '../../node_modules/.cache/test-processes');
const OPTIONS = `${require('@swc/core/package.json').version} ${JSON.stringify(options)}`;
const LOADED_MS = 3_000;

enableCompileCache(CACHE);
// A process that is killed would leave nothing to the next one.
setTimeout(flushCompileCache, LOADED_MS).unref();

require.extensions['.ts'] = (module, filename) => {
  module._compile(transpiled(filename), filename);
};

function transpiled(filename) {
  const source = readFileSync(filename, 'utf8');
  const key = createHash('sha256').update([OPTIONS, filename, source].join('\0')).digest('hex');
  const kept = join(CACHE, `${key}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { code } = require('@swc/core').transformSync(source, { ...options, filename });
    keep(kept, code);
    return code;
  }
}

/** Whole or not at all, because others read while this one writes; a user who may not write goes without. */
function keep(path, code) {
  try {
    mkdirSync(CACHE, { recursive: true });
    writeFileSync(`${path}.${process.pid}`, code);
    renameSync(`${path}.${process.pid}`, path);
  } catch {}
}
