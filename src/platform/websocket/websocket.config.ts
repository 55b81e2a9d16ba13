import { IsArray, IsInt, IsString, Max, Min } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[gateway.websocket]`: what one socket, one token and all of them together may take. */
@Section('gateway.websocket', 'Limits of WebSockets.')
export class WebSocketConfig {
  @Key({ doc: 'Sockets that may be open at once.', live: true })
  @IsInt()
  @Min(0)
  max_sockets = 10_000;

  @Key({ doc: 'Sockets that one token may have open at once.', live: true })
  @IsInt()
  @Min(0)
  max_sockets_per_token = 5_000;

  @Key({ doc: 'Bytes of one message of a client; a longer one ends its socket with 1009.' })
  @IsInt()
  @Min(1024)
  @Max(16_777_216)
  max_frame_bytes = 65_536;

  @Key({
    doc: 'Messages that a client may send over one socket in ten seconds; the next one ends it with 1008.',
    live: true,
  })
  @IsInt()
  @Min(1)
  messages_per_10_secs = 100;

  @Key({
    doc: 'Bytes that may wait for a client that reads slowly; beyond them its socket ends with 4408. It can come back and resume.',
    live: true,
  })
  @IsInt()
  @Min(16_384)
  max_buffered_bytes = 1_048_576;

  @Key({
    doc: 'Seconds between two pings to a client. One that has not answered when the next is due is cut off.',
    live: true,
  })
  @IsInt()
  @Min(1)
  @Max(3600)
  ping_interval_secs = 25;

  @Key({
    doc: 'Origins of pages beside the gateway\'s own whose scripts may open a socket, as browsers send them; "*" allows every page.',
    live: true,
    example: ['https://chat.example.com'],
  })
  @IsArray()
  @IsString({ each: true })
  allowed_origins: string[] = [];
}
