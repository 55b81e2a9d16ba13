import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Clock } from '../clock';
import { ConfigService } from '../config/config.service';
import { AppError } from '../errors/app-error';
import { isAskedByLocalName, isPageFromElsewhere } from './browser-page';
import { isDirectLoopback } from './client-address';
import { GatewayConfig } from './gateway.config';
import { PUBLIC, SCOPES, SELF_GUARDED } from './marks';
import { LOCAL_PRINCIPAL } from './principal';
import type { GatewayRequest, Principal, Scope } from './principal';
import { SlidingWindows } from './sliding-window';
import { TokenVerifier } from './token-verifier';

interface RouteRule {
  isPublic: boolean;
  selfGuarded: boolean;
  scopes: readonly Scope[] | undefined;
}

/** Wrong tokens per minute and client before the answer becomes 429; a valid token is never held up by it. */
const FAILURES_PER_MINUTE = 120;

const UNAUTHORIZED = 'Unauthorized — pair first via POST /pair, then send Authorization: Bearer <token>';

/**
 * Every route needs a token of a fitting scope unless it says otherwise: secure by default.
 * With pairing off, callers on this machine are let in and everybody else is refused.
 */
@Injectable()
export class BearerGuard implements CanActivate {
  private readonly rules = new WeakMap<object, RouteRule>();
  private readonly failures = new SlidingWindows(10_000);

  constructor(
    private readonly reflector: Reflector,
    private readonly config: ConfigService,
    private readonly tokens: TokenVerifier,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const rule = this.ruleOf(context);
    if (rule.isPublic) return true;
    const request = context.switchToHttp().getRequest<GatewayRequest>();
    request.principal = this.authenticate(request, rule.selfGuarded);
    requireScope(request.principal, rule.scopes ?? (isRead(request) ? ['read'] : ['admin']));
    return true;
  }

  /** Who is calling; throws 401 or 429. */
  authenticate(request: GatewayRequest, selfGuarded = false): Principal {
    const header = request.headers.authorization;
    const token = header?.startsWith('Bearer ') ? header.slice(7).trim() : undefined;
    this.refuseForeignPages(request);
    return this.admit(request, token, { selfGuarded });
  }

  /** The same for doors that find the token in other places too; wrong ones count against the same budget. */
  admit(
    request: GatewayRequest,
    token: string | undefined,
    { selfGuarded = false, unauthorized = UNAUTHORIZED } = {},
  ): Principal {
    if (!this.config.get(GatewayConfig).require_pairing) {
      if (selfGuarded || isDirectLoopback(request)) return LOCAL_PRINCIPAL;
      throw new AppError(401, 'auth.local_only', `Unauthorized — pairing is off${whyNotLocal(request)}`);
    }
    const principal = token === undefined ? undefined : this.tokens.verify(token, request.socket);
    if (principal) return principal;
    const failures = this.failures.hit(request.clientKey, this.clock.now(), FAILURES_PER_MINUTE);
    if (!failures.allowed) {
      throw new AppError(
        429,
        'auth.too_many_failures',
        'Too many requests without a valid token. Please retry later.',
        {
          retryAfter: failures.retrySeconds,
        },
      );
    }
    throw new AppError(401, 'auth.invalid_token', unauthorized, { headers: { 'WWW-Authenticate': 'Bearer' } });
  }

  /** Without tokens being on this machine is all that lets a caller in, and the pages in its browsers are on it too. */
  private refuseForeignPages(request: GatewayRequest): void {
    if (this.config.get(GatewayConfig).require_pairing || !isDirectLoopback(request)) return;
    if (!isPageFromElsewhere(request)) return;
    throw new AppError(403, 'auth.foreign_page', 'Pages from elsewhere are not served while pairing is off');
  }

  private ruleOf(context: ExecutionContext): RouteRule {
    const handler = context.getHandler();
    let rule = this.rules.get(handler);
    if (!rule) {
      const targets = [handler, context.getClass()];
      rule = {
        isPublic: this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets) === true,
        selfGuarded: this.reflector.getAllAndOverride<boolean | undefined>(SELF_GUARDED, targets) === true,
        scopes: this.reflector.getAllAndOverride<Scope[] | undefined>(SCOPES, targets),
      };
      this.rules.set(handler, rule);
    }
    return rule;
  }
}

function whyNotLocal(request: GatewayRequest): string {
  if (request.isTunnelled) {
    return ' and a tunnel is open, so nobody can be told from a stranger: set [gateway] require_pairing = true';
  }
  return isAskedByLocalName(request)
    ? ', so only callers on this machine are served'
    : ', so only callers on this machine are served, and only under http://127.0.0.1 or http://localhost: any page can give it another name';
}

function isRead(request: GatewayRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** Throws 403 unless the caller has one of the scopes. */
export function requireScope(principal: Principal, accepted: readonly Scope[]): void {
  const { scopes } = principal;
  if (scopes.includes('admin') || accepted.some((scope) => scopes.includes(scope))) return;
  throw new AppError(
    403,
    'auth.scope_missing',
    `This token lacks the scope ${accepted.map((scope) => `"${scope}"`).join(' or ')}; it has ${scopes.join(', ') || 'none'}`,
  );
}
