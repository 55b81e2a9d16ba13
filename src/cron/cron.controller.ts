import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { Documented } from '../platform/api-doc/documented';
import { JsonBody } from '../platform/http/json-body';
import { RateLimit, Scopes } from '../platform/http/marks';
import { CurrentPrincipal } from '../platform/http/principal';
import type { Principal } from '../platform/http/principal';
import { JobDto, PreviewQuery, RunsQuery } from './cron.dto';
import { CronService } from './cron.service';
import { viewJob, viewRun } from './cron.view';
import { JobRuns } from './job-runs';
import type { Author } from './job-wishes';
import { SchedulePlanner } from './schedule-planner';

const USUAL_RUNS = 50;
const PREVIEWED = 5;

/**
 * `/api/cron`: jobs that start by themselves. A token has its own jobs, an admin all. Whoever may chat may have a prompt said later;
 * commands and channels take `admin`.
 */
@Controller('api/cron')
@Documented(() => require('./cron.openapi') as typeof import('./cron.openapi'))
export class CronController {
  constructor(
    private readonly cron: CronService,
    private readonly runs: JobRuns,
    private readonly schedules: SchedulePlanner,
  ) {}

  @Get()
  @Scopes('read', 'chat')
  async list(@CurrentPrincipal() caller: Principal) {
    return { jobs: (await this.cron.list(author(caller))).map(viewJob) };
  }

  /** The next due times of an expression that is not a job yet. */
  @Get('preview')
  @Scopes('read', 'chat')
  async preview(@Query() { schedule, timezone }: PreviewQuery) {
    const times = await this.schedules.preview(schedule, timezone, PREVIEWED);
    return { next_runs: times.map((time) => new Date(time).toISOString()) };
  }

  @Post()
  @HttpCode(200)
  @Scopes('chat')
  async add(@JsonBody() body: JobDto, @CurrentPrincipal() caller: Principal) {
    return { status: 'ok', job: viewJob(await this.cron.add(body, author(caller))) };
  }

  @Patch(':id')
  @Scopes('chat')
  async change(@Param('id') id: string, @JsonBody() body: JobDto, @CurrentPrincipal() caller: Principal) {
    return { status: 'ok', job: viewJob(await this.cron.change(id, body, author(caller))) };
  }

  @Delete(':id')
  @Scopes('chat')
  async remove(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    await this.cron.remove(id, author(caller));
    return { status: 'ok' };
  }

  @Post(':id/run')
  @HttpCode(202)
  @Scopes('chat')
  @RateLimit('chat', 'Too many requests. Try again later.')
  async run(@Param('id') id: string, @CurrentPrincipal() caller: Principal) {
    return { status: 'ok', run: viewRun(await this.runs.start(id, author(caller))) };
  }

  @Get(':id/runs')
  @Scopes('read', 'chat')
  async history(@Param('id') id: string, @Query() { limit }: RunsQuery, @CurrentPrincipal() caller: Principal) {
    const count = limit === undefined ? USUAL_RUNS : Number(limit);
    return { runs: (await this.runs.history(id, author(caller), count)).map(viewRun) };
  }
}

function author({ id, scopes }: Principal): Author {
  return { id, isAdmin: scopes.includes('admin'), byAgent: false };
}
