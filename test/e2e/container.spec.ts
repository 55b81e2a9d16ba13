import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { configSections } from '../../src/config-sections';
import { sectionKeys } from '../../src/platform/config/section';
import { LifecycleConfig } from '../../src/platform/lifecycle/lifecycle.config';
import { spawnGateway } from '../support/gateway-process';
import type { GatewayProcess } from '../support/gateway-process';
import { readEnv, readExec, readStages } from '../support/dockerfile';
import { tempDir } from '../support/temp-dir';

const ROOT = join(__dirname, '..', '..');
const flagsOfStart = () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: { start: string } };
  return /^node (.+) dist\/main\.js/.exec(scripts.start)?.[1]?.split(' ');
};
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const stages = readStages();
const image = stages.at(-1) ?? [];
const { ZEROCLAW_CONFIG_DIR: dataDir, ZEROCLAW_GATEWAY_PORT: port, ...imageEnv } = readEnv(image);

/** Every variable that the gateway listens to. */
const known = new Set([
  'ZEROCLAW_CONFIG_DIR',
  ...configSections.flatMap((section) => [...sectionKeys(section).values()].flatMap(({ env = [] }) => env)),
]);

interface Service {
  profiles?: string[];
  ports?: string[];
  volumes: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  stop_grace_period?: string;
  read_only?: boolean;
  tmpfs?: string[];
  healthcheck?: { test: string[] };
}

interface Deployment {
  template: {
    spec: {
      terminationGracePeriodSeconds: number;
      containers: {
        ports: { name: string; containerPort: number }[];
        securityContext: Record<string, unknown>;
        lifecycle: { preStop: { sleep: { seconds: number } } };
      }[];
    };
  };
}

const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const service = (name: string): Service => compose.services[name] ?? { volumes: [] };
const inProfile = (profile?: string) =>
  Object.keys(compose.services).filter((name) => {
    const { profiles } = service(name);
    return profiles === undefined || (profile !== undefined && profiles.includes(profile));
  });

describe('the image', () => {
  test('copies nothing that the ignore file keeps out or that does not exist', () => {
    const admitted = new Set(
      read('.dockerignore')
        .split('\n')
        .filter((line) => line.startsWith('!')),
    );
    const sources = stages
      .flat()
      .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from'))
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1))
      .map((source) => source.replace('./', ''));
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources) {
      expect(admitted).toContain(`!${source}`);
      expect(existsSync(join(ROOT, source))).toBe(true);
    }
  });

  test('runs as a numbered user that is not root, and receives its signals itself', () => {
    const user = image.findLast(({ name }) => name === 'USER')?.rest;
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(readExec(image, 'ENTRYPOINT')?.slice(0, 3)).toEqual(['tini', '--', 'node']);
    expect(readExec(image, 'ENTRYPOINT')?.slice(3, -1)).toEqual(flagsOfStart());
    expect(readExec(image, 'CMD')).toEqual(['gateway']);
  });

  test('keeps its state in the one folder that is a volume, and exposes the port it listens on', () => {
    expect(image).toContainEqual({ name: 'VOLUME', rest: dataDir });
    expect(image).toContainEqual({ name: 'EXPOSE', rest: port });
  });
});

describe('the gateway with the environment of the image', () => {
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let gateway: GatewayProcess;

  beforeAll(async () => {
    folder = await tempDir();
    gateway = await spawnGateway({ dir: folder.path, env: imageEnv });
  });
  afterAll(async () => {
    await gateway.kill('SIGKILL');
    await folder.remove();
  });

  const checkHealth = async (): Promise<number | null> => {
    const [, ...args] = readExec(image, 'HEALTHCHECK') ?? [];
    const env = { PATH: process.env.PATH, ZEROCLAW_GATEWAY_PORT: new URL(gateway.url).port };
    const [code] = (await once(spawn(process.execPath, args, { env, stdio: 'ignore' }), 'exit')) as [number | null];
    return code;
  };

  test('listens for other machines without further settings', () => {
    expect(gateway.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  });

  test('answers the paths that the cluster probes', async () => {
    const probes = [...read('deploy/kubernetes/gateway.yaml').matchAll(/httpGet: \{ path: (\S+),/g)];
    expect(probes.length).toBe(3);
    for (const [, path] of probes) expect((await fetch(gateway.url + path)).status).toBe(200);
  });

  test('is healthy while it serves, stops on SIGTERM with 0, and is unhealthy after that', async () => {
    expect(await checkHealth()).toBe(0);
    expect(await gateway.kill('SIGTERM')).toBe(0);
    expect(await checkHealth()).toBe(1);
  });
});

describe('docker-compose.yml', () => {
  test('starts the gateway alone, and the team on PostgreSQL', () => {
    expect(inProfile()).toEqual(['gateway']);
    expect(inProfile('team')).toEqual(['gateway', 'gateway-team', 'postgres']);
    const team = service('gateway-team');
    expect(team.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(service('postgres').healthcheck?.test).toContain('pg_isready');
    expect(team.environment?.ZEROCLAW_STORAGE_URL).toMatch(/^postgres:\/\/zeroclaw:.*@postgres:5432\/zeroclaw$/);
  });

  test.each(['gateway', 'gateway-team'])('%s can write to its volume and /tmp only', (name) => {
    const { read_only: readOnly, tmpfs, volumes } = service(name);
    expect({ readOnly, tmpfs }).toEqual({ readOnly: true, tmpfs: ['/tmp'] });
    expect(volumes).toEqual([expect.stringMatching(new RegExp(`^[\\w-]+:${dataDir}$`))]);
    expect(Object.keys(compose.volumes)).toContain(volumes[0]?.split(':')[0]);
  });

  test.each(['gateway', 'gateway-team'])(
    '%s is published on loopback only, and not on the port of the other',
    (name) => {
      expect(service(name).ports).toEqual([expect.stringMatching(new RegExp(`^127\\.0\\.0\\.1:.*:${port}$`))]);
      expect(service('gateway').ports).not.toEqual(service('gateway-team').ports);
    },
  );

  test('gives running turns the time that the gateway gives them', () => {
    const grace = Number.parseInt(service('gateway').stop_grace_period ?? '', 10);
    expect(grace).toBeGreaterThan(new LifecycleConfig().shutdown_grace_secs);
  });
});

describe('the Kubernetes example', () => {
  const documents = parseAllDocuments(read('deploy/kubernetes/gateway.yaml')).map(
    (document) => document.toJS() as { kind: string; spec: unknown },
  );
  const deployment = documents.find(({ kind }) => kind === 'Deployment')?.spec as Deployment;
  const pod = deployment.template.spec;
  const [container] = pod.containers;

  test('is whole', () => {
    expect(documents.map(({ kind }) => kind)).toEqual([
      'PersistentVolumeClaim',
      'Deployment',
      'Service',
      'NetworkPolicy',
    ]);
    expect(container?.ports).toContainEqual({ name: 'http', containerPort: Number(port) });
    expect(container?.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
  });

  test('gives running turns the time that the gateway gives them', () => {
    const pause = container?.lifecycle.preStop.sleep.seconds ?? 0;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(new LifecycleConfig().shutdown_grace_secs + pause);
  });
});

test.each(['Dockerfile', 'docker-compose.yml', 'deploy/kubernetes/gateway.yaml', 'docs/operations.md'])(
  '%s sets no variable that the gateway does not know',
  (file) => {
    const named = [...read(file).matchAll(/\bZEROCLAW_[A-Z_]+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect(known).toContain(name);
  },
);
