import { Module } from '@nestjs/common';
import { TokenVerifier } from '../platform/http/token-verifier';
import { DeviceUpkeep } from './device-upkeep';
import { DeviceStore } from './device.store';
import { DevicesController } from './devices.controller';
import { FailedAttempts } from './failed-attempts';
import { GuessBudget } from './guess-budget';
import { PairController } from './pair.controller';
import { PairedDevices } from './paired-devices';
import { PairedTokens } from './paired-tokens';
import { PairingCodes } from './pairing-codes';
import { PairingTokenVerifier } from './pairing-token-verifier';
import { pairingMetrics, PairingMetrics } from './pairing.metrics';
import { PairingRepository } from './pairing.repository';
import { PairingService } from './pairing.service';
import { StartupCode } from './startup-code';
import { Terminal } from './terminal';

/** Codes, tokens and devices. Provides the ground with its TokenVerifier. */
@Module({
  controllers: [PairController, DevicesController],
  providers: [
    PairingService,
    PairingCodes,
    PairedDevices,
    PairedTokens,
    PairingRepository,
    DeviceStore,
    DeviceUpkeep,
    FailedAttempts,
    GuessBudget,
    StartupCode,
    Terminal,
    PairingMetrics,
    ...pairingMetrics,
    { provide: TokenVerifier, useClass: PairingTokenVerifier },
  ],
  exports: [PairingService, DeviceStore, TokenVerifier],
})
export class PairingModule {}
