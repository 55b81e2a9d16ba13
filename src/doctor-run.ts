import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { ChannelRegistry } from './channels/core/channel.registry';
import { configSections } from './config-sections';
import { AbsentDatabase } from './doctor/absent-database';
import { Doctor } from './doctor/doctor';
import type { Report } from './doctor/finding';
import { DoctorAppModule } from './doctor-app.module';
import { ConfigError, formatProblem } from './platform/config/config-problem';
import type { FileConfigService } from './platform/config/file-config.service';
import { readConfig } from './platform/config/load-config';
import type { Database } from './platform/database/database';
import { KyselyDatabase } from './platform/database/kysely-database';
import { StorageConfig } from './platform/database/storage.config';
import { Egress } from './platform/egress/egress';
import { EventBus } from './platform/events/event-bus';
import { RequestTracker } from './platform/http/request-tracker';

export interface DoctorOptions {
  configDir: string | undefined;
  security: boolean;
  env?: Readonly<Record<string, string | undefined>> | undefined;
}

/** Examines the gateway of a configuration, whether or not it runs; starts nothing. A configuration that cannot be used is the whole report. */
export async function runDoctor({ configDir, security, env }: DoctorOptions): Promise<Report> {
  let config: FileConfigService;
  try {
    config = await readConfig({ sections: configSections, configDir, ...(env && { env }) });
  } catch (error) {
    if (error instanceof ConfigError) return unusable(error);
    throw error;
  }
  const { problems } = config.tree;
  if (problems.length > 0) return unusable(new ConfigError(config.file, problems));

  const database = await open(config);
  const ground = { config, events: new EventBus(), requests: new RequestTracker() };
  try {
    // Not initialised: no room may begin its work.
    const app = await NestFactory.create(DoctorAppModule.register(ground, database), {
      logger: false,
      abortOnError: false,
    });
    app.get(ChannelRegistry, { strict: false }).onModuleInit();
    const doctor = app.get(Doctor, { strict: false });
    const report = await (security ? doctor.examineSecurity() : doctor.examine());
    await app.get(Egress, { strict: false }).onApplicationShutdown();
    return report;
  } finally {
    if (database instanceof KyselyDatabase) await database.close();
  }
}

async function open(config: FileConfigService): Promise<Database> {
  const { url } = config.get(StorageConfig);
  try {
    return await KyselyDatabase.open({ dataDir: config.dataDir, url });
  } catch (error) {
    return new AbsentDatabase(url ? 'postgres' : 'sqlite', error);
  }
}

function unusable({ file, problems }: ConfigError): Report {
  const results = problems.map((problem) => ({
    id: 'config.valid',
    severity: 'error' as const,
    category: 'config',
    message: `${formatProblem(problem, file)}.`,
    advice: 'Mend this first: nothing else can be looked at before.',
    duration_ms: 0,
  }));
  return {
    results,
    summary: { ok: 0, warnings: 0, errors: results.length },
    checked_at: new Date().toISOString(),
  };
}
