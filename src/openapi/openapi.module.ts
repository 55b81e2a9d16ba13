import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ApiDocument } from './api-document';
import { OpenApiController } from './openapi.controller';

/** What the gateway serves, described for programs and people. */
@Module({ imports: [DiscoveryModule], controllers: [OpenApiController], providers: [ApiDocument] })
export class OpenApiModule {}
