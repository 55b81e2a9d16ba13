import type { Type } from '@nestjs/common';
import { VERSION } from '../platform/version';
import { SECURITY_SCHEMES, securityOf } from './access';
import { answersOf } from './answers';
import { Components } from './components';
import { curlOf } from './curl';
import { bodyOf, parametersOf, templateOf } from './request-parts';
import { routesOf } from './routes';
import type { Route } from './routes';

const INTRODUCTION = `The gateway in front of an AI agent.

Errors are JSON with a sentence (\`error\`), a stable \`code\` and the \`request_id\`; under \`/v1\` they have OpenAI's shape.
Every answer carries \`X-Request-Id\`. Unknown fields of a body are ignored.`;

/** The OpenAPI 3.1 document of these controllers: what their decorators, marks and validators say, and the words of their documentation. */
export function buildDocument(controllers: readonly Type[]): object {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of controllers.flatMap(routesOf)) {
    const operations = (paths[templateOf(route.path)] ??= {});
    operations[route.method] = components.lift(operationOf(route));
  }
  const sorted = Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    openapi: '3.1.1',
    info: {
      title: 'ZeroClaw gateway',
      version: VERSION,
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(controllers.flatMap(routesOf).map(tagOf))].sort().map((name) => ({ name })),
    paths: Object.fromEntries(sorted),
    components: { schemas: components.schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

function operationOf(route: Route): object {
  const { doc } = route;
  const body = bodyOf(route);
  const parameters = parametersOf(route);
  const security = securityOf(route);
  const needsToken = security.some((way) => 'bearer' in way);
  const source = curlOf({ method: route.method, template: templateOf(route.path), parameters, body, needsToken });
  return {
    operationId: operationId(route),
    tags: [tagOf(route)],
    summary: doc?.summary,
    ...(doc?.description !== undefined && { description: doc.description }),
    security,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: answersOf(route),
    'x-codeSamples': [{ lang: 'Shell', label: 'curl', source }],
  };
}

function tagOf({ doc, path }: Route): string {
  return doc?.tag ?? path.split('/').find((segment) => segment !== '' && segment !== 'api') ?? 'page';
}

/** `get_api_cron_id_runs`: names in generated clients, which stay when code moves. */
function operationId({ method, path }: Route): string {
  return [method, ...path.split(/[^A-Za-z0-9]+/)].filter(Boolean).join('_') + (path === '/' ? '_page' : '');
}
