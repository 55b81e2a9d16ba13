import { Controller, Headers, HttpCode, Post, Req } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { Public, RateLimit } from '../platform/http/marks';
import type { GatewayRequest } from '../platform/http/principal';
import { PairingService } from './pairing.service';

const SAVED = 'Save this token — use it as Authorization: Bearer <token>';
const NOT_SAVED =
  'Use this token as Authorization: Bearer <token>, but only until the gateway stops: config.toml could not be written. Make it writable and pair again.';

/** `POST /pair`: a code for a token. The body is ignored. */
@Controller()
@Documented(() => require('./pair.openapi') as typeof import('./pair.openapi'))
export class PairController {
  constructor(private readonly pairing: PairingService) {}

  @Post('pair')
  @HttpCode(200)
  @Public()
  @RateLimit('pair', 'Too many pairing requests. Please retry later.')
  async pair(@Headers('x-pairing-code') code: string | undefined, @Req() request: GatewayRequest) {
    const { token, persisted } = await this.pairing.pair(code ?? '', request.clientKey);
    return { paired: true, persisted, token, message: persisted ? SAVED : NOT_SAVED };
  }
}
