import { Controller, Get, Headers, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Documented } from '../platform/api-doc/documented';
import { Public, Scopes } from '../platform/http/marks';
import { ApiDocument } from './api-document';

/** Where the dashboard shows the document. */
const PAGE = '/api-docs';

/**
 * The API in OpenAPI 3.1, and the way to its readable page. The document takes a token, of whatever scope, like every route that does not
 * have to be open; the page, which is part of the dashboard, has one.
 */
@Controller('api')
@Documented(() => require('./openapi.openapi') as typeof import('./openapi.openapi'))
export class OpenApiController {
  constructor(private readonly document: ApiDocument) {}

  @Get('openapi.json')
  @Scopes('chat', 'read')
  show(@Headers('if-none-match') known: string | undefined, @Res() response: Response): void {
    const { bytes, etag } = this.document.get();
    response.set({ ETag: etag, 'Cache-Control': 'private, no-cache' });
    if (known?.split(',').some((one) => one.trim() === etag)) {
      response.status(304).end();
      return;
    }
    response.type('application/json').send(bytes);
  }

  @Get('docs')
  @Public()
  page(@Res() response: Response): void {
    response.status(302).set('Location', PAGE).end();
  }
}
