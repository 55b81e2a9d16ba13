import { Global, Module } from '@nestjs/common';
import { MessageIntake } from './message-intake';
import { SocketHandshake } from './socket-handshake';
import { SocketParts } from './socket-parts';
import { SocketMetrics, socketMetricProviders } from './socket.metrics';
import { SocketRegistry } from './socket.registry';

/** What every WebSocket gateway stands on: the handshake, the limits, and the open sockets. */
@Global()
@Module({
  providers: [SocketParts, SocketHandshake, SocketRegistry, MessageIntake, SocketMetrics, ...socketMetricProviders],
  exports: [SocketRegistry],
})
export class WebSocketModule {}
