import { Controller, Get, Next, Param, Req, Res } from '@nestjs/common';
import type { NextFunction, Response } from 'express';
import { Documented } from '../../platform/api-doc/documented';
import { AppError } from '../../platform/errors/app-error';
import { FALLBACK_ROUTE } from '../../platform/http/allowed-methods';
import { Public } from '../../platform/http/marks';
import type { GatewayRequest } from '../../platform/http/principal';
import { PageFiles } from './page-files';
import { contentSecurityPolicy } from './content-security-policy';

/** Paths of programs, where a browser's address bar gets the same JSON as everybody else. */
const NOT_A_PAGE = /^\/(api|v1|ws|_app|metrics)(\/|$)/;

/** The dashboard page: its files, and its document for every address that a person opens and nothing else answers. */
@Controller()
@Documented(() => require('./page.openapi') as typeof import('./page.openapi'))
@Public()
export class PageController {
  constructor(private readonly files: PageFiles) {}

  @Get('_app/assets/:name')
  async asset(@Param('name') name: string, @Req() request: GatewayRequest, @Res() response: Response): Promise<void> {
    const file = await this.files.asset(name, String(request.headers['accept-encoding'] ?? ''));
    // Nest's own 404 would say that there is no such route.
    if (!file) throw new AppError(404, 'request.not_found', `There is no file ${name.slice(0, 200)}`);
    response.set(file.headers).send(file.bytes);
  }

  @Get(['/', FALLBACK_ROUTE])
  async document(@Req() request: GatewayRequest, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    const isNavigation = request.headers.accept?.includes('text/html') ?? false;
    const page = isNavigation && !NOT_A_PAGE.test(request.url ?? '/') ? await this.files.document() : undefined;
    if (!page) {
      // Routes of modules that other modules import come after this one.
      next();
      return;
    }
    response
      .set({
        'Content-Type': 'text/html; charset=utf-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': contentSecurityPolicy(page.nonce),
      })
      .send(page.html);
  }
}
