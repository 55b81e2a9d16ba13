import { Controller, Get } from '@nestjs/common';
import { Documented } from '../../platform/api-doc/documented';
import { AppError } from '../../platform/errors/app-error';
import { Public } from '../../platform/http/marks';

/** What a plain request to the WebSocket's path is told (RFC 9110, §15.5.22). */
@Controller('ws/chat')
@Documented(() => require('./upgrade-required.openapi') as typeof import('./upgrade-required.openapi'))
export class UpgradeRequiredController {
  @Get()
  @Public()
  explain(): never {
    throw new AppError(426, 'socket.upgrade_required', 'This is a WebSocket: open it with ws:// or wss://', {
      headers: { Upgrade: 'websocket', Connection: 'Upgrade' },
    });
  }
}
