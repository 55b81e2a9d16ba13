import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vite';

const outDir = join(import.meta.dirname, '..', 'dist', 'web');

/**
 * The dashboard page. Built into `dist/web`, where the gateway finds it; `npx vite web` with a gateway on its default port serves it with
 * live reload while one works on it.
 */
export default defineConfig({
  base: '/_app/',
  build: {
    outDir,
    emptyOutDir: true,
    // The first that know light-dark(), so that it is left as it is.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Everything is a file of our own, so that the content security policy needs no exception.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // Libraries mark files for server components, which do not exist here.
      onLog: (level, log, report) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  plugins: [compressed()],
  server: {
    proxy: {
      '/api': 'http://127.0.0.1:42617',
      '/pair': { target: 'http://127.0.0.1:42617', bypass: ({ method, url }) => (method === 'GET' ? url : undefined) },
      '/health': 'http://127.0.0.1:42617',
      '/ws': { target: 'ws://127.0.0.1:42617', ws: true },
    },
  },
});

/** Compresses once what is asked for often: the gateway only picks the file that the browser understands. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle: async () => {
      const assets = join(outDir, 'assets');
      const names = (await readdir(assets)).filter((name) => /\.(js|css|svg)$/.test(name));
      await Promise.all(names.map((name) => compress(join(assets, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes));
  await writeFile(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }));
}
