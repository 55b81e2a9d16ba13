import { Module } from '@nestjs/common';
import { CliTools } from './cli-tools';
import { CliToolsController } from './cli-tools.controller';

/** Programs of this machine. */
@Module({ controllers: [CliToolsController], providers: [CliTools], exports: [CliTools] })
export class CliToolsModule {}
