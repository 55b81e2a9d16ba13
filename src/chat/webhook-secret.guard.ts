import { Injectable, SetMetadata, UseGuards, applyDecorators } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ConfigService } from '../platform/config/config.service';
import { AppError } from '../platform/errors/app-error';
import { isDirectLoopback } from '../platform/http/client-address';
import { GatewayConfig } from '../platform/http/gateway.config';
import { SelfGuarded } from '../platform/http/marks';
import type { GatewayRequest, Principal } from '../platform/http/principal';
import { proveWebhook } from './webhook-proof';
import { WebhookConfig } from './webhook.config';

const RULE = 'chat:webhook-secret';

interface SecretRule {
  /** `always`: whoever calls has to know the secret once there is one. `remote`: it only stands in for pairing. */
  needed: 'always' | 'remote';
  /** The sentence for callers of other machines when neither pairing nor a secret is configured. */
  closed: string;
}

/** Callers that the secret alone has let in: they talk to the agent and nothing else, and share no session with the local operator. */
const WEBHOOK_PRINCIPAL: Principal = { id: 'webhook', name: 'X-Webhook-Secret', scopes: ['chat'] };

/** Checks `[channels_config.webhook] secret` on the routes that carry `@WebhookSecret`. Fails closed. */
@Injectable()
export class WebhookSecretGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly config: ConfigService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const { needed, closed } = this.reflector.get<SecretRule>(RULE, context.getHandler());
    const request = context.switchToHttp().getRequest<GatewayRequest & { rawBody?: Buffer }>();
    const standsIn = !this.config.get(GatewayConfig).require_pairing && !isDirectLoopback(request);
    const secret = this.config.get(WebhookConfig).secret.trim();
    if (secret === '') {
      if (standsIn) throw new AppError(401, 'auth.local_only', closed);
      return true;
    }
    if (needed === 'remote' && !standsIn) return true;
    const proof = proveWebhook(secret, request.headers, request.rawBody ?? Buffer.alloc(0));
    if (!proof) {
      throw new AppError(401, 'auth.webhook_secret', 'Unauthorized — invalid or missing X-Webhook-Secret header');
    }
    if (standsIn) request.principal = WEBHOOK_PRINCIPAL;
    if (proof.by === 'signature') {
      // A delivery that is sent again gets the answer of the first one.
      request.headers['idempotency-key'] ??= request.headers['x-idempotency-key'] ?? proof.deliveryId;
    }
    return true;
  }
}

/** Lets the webhook secret decide about the route, beside the bearer when pairing is on and instead of it when pairing is off. */
export const WebhookSecret = (rule: SecretRule) =>
  applyDecorators(SelfGuarded(), SetMetadata(RULE, rule), UseGuards(WebhookSecretGuard));
