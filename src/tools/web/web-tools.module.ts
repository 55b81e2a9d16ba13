import { Module } from '@nestjs/common';
import { EgressModule } from '../../platform/egress/egress.module';
import { HtmlWorkers } from './html-workers';
import { HttpRequestTool } from './http-request.tool';
import { PageReader } from './page-reader';
import { SearchClient } from './search/search-client';
import { WebSearchService } from './search/web-search.service';
import { WebFetchTool } from './web-fetch.tool';
import { WebSearchTool } from './web-search.tool';

/** The agent's ways into the web; each is off until its table says otherwise. */
@Module({
  imports: [EgressModule],
  providers: [HtmlWorkers, PageReader, SearchClient, WebSearchService, HttpRequestTool, WebFetchTool, WebSearchTool],
})
export class WebToolsModule {}
