import { IsString, Matches, MinLength, ValidateIf } from 'class-validator';
import { Key, Section } from '../platform/config/section';

export const TOKEN_VARIABLE = 'ZEROCLAW_GATEWAY_TOKEN';

/** `[pairing]`: how the first client gets in where nobody can read the code off a terminal. */
@Section('pairing', 'How the first client gets in where nobody can read the code off a terminal.')
export class PairingConfig {
  @Key({
    doc: 'A token that is valid from the start, with every scope. Belongs in the environment (a Secret of the cluster), not in this file.',
    env: TOKEN_VARIABLE,
    secret: true,
  })
  @IsString()
  @ValidateIf((pairing: PairingConfig) => pairing.token !== '')
  @MinLength(32, { message: 'token must have at least 32 characters; make one with: openssl rand -hex 32' })
  @Matches(/^[\x21-\x7e]*$/, { message: 'token must not contain blanks or characters outside ASCII' })
  token = '';
}
