import { Injectable } from '@nestjs/common';
import { deviceId } from '../../pairing/device';
import '../../pairing/pairing.events';
import { EventBus } from '../../platform/events/event-bus';
import { SocketRegistry } from '../../platform/websocket/socket.registry';

/** Ends the sockets of a token in the moment in which the gateway learns that it is revoked, here, by hand or by another process. */
@Injectable()
export class RevokedTokens {
  constructor(events: EventBus, sockets: SocketRegistry) {
    events.on('pairing.revoked', ({ tokenHashes }) => sockets.revoke(new Set(tokenHashes.map(deviceId))));
  }
}
