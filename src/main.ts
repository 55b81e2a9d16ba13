#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `ZeroClaw needs Node.js 24 or newer, this is ${process.version}. ` +
      'In the checkout, "npm start" and "npm run zeroclaw" use the Node.js that "npm ci" brought along.\n',
  );
  process.exit(1);
}

// Compiled code is kept between starts; where no cache can be written, starting is only slower.
enableCompileCache();

void (require('./cli') as typeof import('./cli')).run(process.argv);
