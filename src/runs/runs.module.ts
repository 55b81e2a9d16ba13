import { Module } from '@nestjs/common';
import { AgentModule } from '../agent/agent.module';
import { RunsController } from './runs.controller';
import { SessionsController } from './sessions.controller';

/** The door to what has been started elsewhere: runs to follow and cancel, sessions to look at and to push messages into. */
@Module({ imports: [AgentModule], controllers: [RunsController, SessionsController] })
export class RunsModule {}
