import { Module } from '@nestjs/common';
import { PageController } from './page.controller';
import { PageFiles } from './page-files';

/** The dashboard page. Stands last in the application: it answers where nothing else does. */
@Module({ controllers: [PageController], providers: [PageFiles] })
export class PageModule {}
