import { IsArray, IsBoolean, IsInt, IsNotEmpty, IsObject, IsString, Matches, Max, Min } from 'class-validator';
import { Key, Section } from '../../platform/config/section';

/** `[http_request.credential_profiles.<name>]`: a credential that calls can use without the model ever seeing it. */
export class CredentialProfile {
  @Key({ doc: 'Header that carries the credential.' })
  @Matches(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { message: '$property must be the name of a header' })
  header_name = 'Authorization';

  @Key({ doc: 'Environment variable that holds the credential.', example: 'GITHUB_TOKEN' })
  @IsString()
  @IsNotEmpty()
  env_var = '';

  @Key({ doc: 'What stands before the credential in the header.' })
  @IsString()
  value_prefix = 'Bearer ';

  @Key({
    doc: 'Hosts that may receive the credential. Left out: those of [http_request] allowed_domains, as long as "*" is not among them.',
    example: ['api.github.com'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_domains: string[] = [];
}

/** `[http_request]`: calls of APIs by the agent. */
@Section('http_request', 'The tool http_request: the agent calls APIs over HTTP. See also [security.url_access].')
export class HttpRequestConfig {
  @Key({
    doc: 'Offer the tool to the agent. It also has to be taken out of [autonomy] non_cli_excluded_tools.',
    live: true,
  })
  @IsBoolean()
  enabled = false;

  @Key({
    doc: 'Hosts that may be called, with everything below them; *.example.com means only what is below, "*" every public host. Empty: none.',
    live: true,
    example: ['api.example.com'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_domains: string[] = [];

  @Key({ doc: 'Bytes of an answer that are read, after decompression. 0 means the most: 10 million.', live: true })
  @IsInt()
  @Min(0)
  max_response_size = 1_000_000;

  @Key({ doc: 'Seconds a call may take.', live: true })
  @IsInt()
  @Min(1)
  @Max(600)
  timeout_secs = 30;

  @Key({ doc: 'User-Agent header.', env: 'ZEROCLAW_HTTP_REQUEST_USER_AGENT', live: true })
  @IsString()
  user_agent = 'ZeroClaw/1.0';

  @Key({
    doc: 'Credentials by name; the model names the profile and never sees the value.',
    table: CredentialProfile,
    kind: 'map',
    live: true,
  })
  @IsObject()
  credential_profiles: Record<string, CredentialProfile> = {};
}
