import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';
import { AuditRepository } from './audit.repository';
import { AuditRetention } from './audit-retention';
import { AuditService } from './audit.service';
import { AuditedEvents } from './audited-events';

/** Who did what and when. It listens; no other room knows of it. */
@Module({
  controllers: [AuditController],
  providers: [AuditService, AuditRepository, AuditRetention, AuditedEvents],
})
export class AuditModule {}
