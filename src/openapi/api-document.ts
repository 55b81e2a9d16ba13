import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';

/** The document as it is sent. */
export interface Sheet {
  bytes: Buffer;
  etag: string;
}

/** Describes the running gateway, from its code, when somebody first asks; the routes of a process do not change after that. */
@Injectable()
export class ApiDocument {
  private sheet: Sheet | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  get(): Sheet {
    return (this.sheet ??= this.build());
  }

  private build(): Sheet {
    const { buildDocument } = require('./build-document') as typeof import('./build-document');
    const controllers = this.discovery.getControllers().map(({ metatype }) => metatype as Type);
    const bytes = Buffer.from(JSON.stringify(buildDocument([...new Set(controllers)])));
    return { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"` };
  }
}
