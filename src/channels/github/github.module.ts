import { Module } from '@nestjs/common';
import { ChannelCoreModule } from '../core/channel-core.module';
import { GithubApi } from './github-api';
import { GithubChannel } from './github.channel';
import { GithubCredentials } from './github-credentials';
import { GithubHttp } from './github-http';
import { OwnLogin } from './own-login';

/** GitHub. */
@Module({
  imports: [ChannelCoreModule],
  providers: [GithubHttp, GithubCredentials, GithubApi, OwnLogin, GithubChannel],
})
export class GithubModule {}
