import type { ServerResponse } from 'node:http';
import { Controller, Get, Headers, HttpCode, Patch, Post, Put, Res } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { ConfigEditor } from '../../platform/config/config-editor';
import type { ConfigWritten } from '../../platform/config/config-editor';
import { ConfigService } from '../../platform/config/config.service';
import type { TomlTable } from '../../platform/config/toml-document';
import { Scopes } from '../../platform/http/marks';
import { CurrentPrincipal } from '../../platform/http/principal';
import type { Principal } from '../../platform/http/principal';
import { MergePatchBody, TomlBody } from './config-body';
import { ConfigRevisions } from './config-revisions';
import { checkView, outsideKeys, writtenView } from './config-view';

/** `/api/config`: config.toml without its secrets, to read and to change. docs/configuration.md has the shapes. */
@Controller('api/config')
@Documented(() => require('./config.openapi') as typeof import('./config.openapi'))
@Scopes('admin')
export class ConfigController {
  constructor(
    private readonly editor: ConfigEditor,
    private readonly revisions: ConfigRevisions,
    private readonly config: ConfigService,
  ) {}

  @Get()
  async show(@Res({ passthrough: true }) response: ServerResponse) {
    const { file } = this.editor;
    const { content, etag, check } = await this.editor.read();
    const reason = await file.obstacle();
    response.setHeader('ETag', etag);
    return {
      format: 'toml',
      content,
      etag,
      revision: await this.revisions.newestId(),
      file: this.config.file,
      writable: reason === undefined,
      reason: reason ?? null,
      environment: outsideKeys(file),
      problems: check.problems,
      warnings: check.warnings,
      restart_needed: file.pending,
    };
  }

  @Put()
  async replace(
    @TomlBody() text: string,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() { id: by }: Principal,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return this.answer(await this.editor.replace(text, { source: 'api', by, ifMatch }), response);
  }

  @Patch()
  async patch(
    @MergePatchBody() patch: TomlTable,
    @Headers('if-match') ifMatch: string | undefined,
    @CurrentPrincipal() { id: by }: Principal,
    @Res({ passthrough: true }) response: ServerResponse,
  ) {
    return this.answer(await this.editor.patch(patch, { source: 'api', by, ifMatch }), response);
  }

  @Post('check')
  @HttpCode(200)
  async check(@TomlBody() text: string) {
    return checkView(await this.editor.check(text));
  }

  private async answer(written: ConfigWritten, response: ServerResponse) {
    response.setHeader('ETag', written.etag);
    return writtenView(written, await this.revisions.newestId());
  }
}
