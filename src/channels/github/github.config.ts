import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';
import { IsBaseUrl } from '../core/base-url';

const COMMAND = { message: '$property must be a slash and a word, such as /zeroclaw' };
const REPOSITORY = { each: true, message: 'each entry of $property must be owner/repo, owner/* or *' };
/** https://docs.github.com/rest/reactions/reactions#about-reactions */
const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];

/** `[channels_config.github]`: comments in issues and pull requests, answered there. */
@Section(
  'channels_config.github',
  'GitHub: comments on issues and pull requests (POST /github). See docs/channels/github.md.',
)
export class GithubConfig {
  @Key({
    doc: 'Token of the account that answers. A GitHub App (app_id) is used instead where there is one.',
    env: 'ZEROCLAW_GITHUB_TOKEN',
    secret: true,
    live: true,
  })
  @IsString()
  access_token = '';

  @Key({
    doc: "Secret of the webhook, as written in GitHub's settings of it.",
    env: 'ZEROCLAW_GITHUB_WEBHOOK_SECRET',
    secret: true,
    live: true,
  })
  @IsString()
  webhook_secret = '';

  @Key({
    doc: 'Take deliveries without a signature while there is no webhook_secret. Anybody can then speak as anybody.',
    live: true,
  })
  @IsBoolean()
  allow_unsigned = false;

  @Key({ doc: 'Id of the GitHub App that answers, from the page of its settings.', live: true, example: 123456 })
  @IsOptional()
  @IsInt()
  @Min(1)
  app_id?: number;

  @Key({
    doc: 'Private key of the App, in PEM.',
    env: 'ZEROCLAW_GITHUB_PRIVATE_KEY',
    secret: true,
    live: true,
  })
  @IsString()
  private_key = '';

  @Key({ doc: 'File that holds the private key instead.', live: true, example: '/run/secrets/github-app.pem' })
  @IsOptional()
  @IsString()
  private_key_file?: string;

  @Key({
    doc: "The App's installation. Left out: looked up for each owner of repositories.",
    live: true,
    example: 987654,
  })
  @IsOptional()
  @IsInt()
  @Min(1)
  installation_id?: number;

  @Key({
    doc: 'Base URL of the API. GitHub Enterprise Server: https://<host>/api/v3.',
    live: true,
  })
  @IsBaseUrl()
  api_base_url = 'https://api.github.com';

  @Key({
    doc: 'Repositories that are listened to: owner/repo, owner/* or *. Empty: none.',
    live: true,
    example: ['acme/*'],
  })
  @IsArray()
  @Matches(/^\s*(\*|[\w-]+\/(\*|[\w.-]+))\s*$/, REPOSITORY)
  allowed_repos: string[] = [];

  @Key({
    doc: 'Whose words are heard, by their association with the repository: OWNER, MEMBER, COLLABORATOR, CONTRIBUTOR, FIRST_TIME_CONTRIBUTOR, NONE …, or * for everybody.',
    live: true,
  })
  @IsArray()
  @IsString({ each: true })
  allowed_associations: string[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

  @Key({ doc: 'Hear only comments that mention the own login or begin a line with `command`.', live: true })
  @IsBoolean()
  require_mention = true;

  @Key({ doc: 'What begins a line that is meant for the agent.', live: true })
  @Matches(/^\/\w[\w-]*$/, COMMAND)
  command = '/zeroclaw';

  @Key({
    doc: 'Hear the text of issues and pull requests that are opened, too; require_mention holds for them as well.',
    live: true,
  })
  @IsBoolean()
  respond_to_opened = false;

  @Key({ doc: 'Reaction to what is about to be answered. Left out: none.', live: true, example: 'eyes' })
  @IsOptional()
  @IsIn(REACTIONS)
  reaction?: string;

  @Key({
    doc: 'The own login, without @; of an App its name in URLs. Left out: GitHub is asked at start.',
    live: true,
    example: 'acme-bot',
  })
  @IsOptional()
  @Matches(/^@?[\w-]+(\[bot\])?$/, { message: '$property must be a login, such as acme-bot' })
  login?: string;
}
