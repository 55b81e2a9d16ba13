import { IsIn } from 'class-validator';
import { Key, Section } from '../config/section';

/** `[logging]`: what is written to stderr. */
@Section('logging', 'What is written to stderr.')
export class LoggingConfig {
  @Key({
    doc: 'Least severity that is logged. At debug every request gets a line; at any level failures of the gateway do.',
    env: 'ZEROCLAW_LOG_LEVEL',
  })
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent' = 'info';

  @Key({
    doc: 'json for machines, pretty for people, auto decides by whether stderr is a terminal.',
    env: 'ZEROCLAW_LOG_FORMAT',
  })
  @IsIn(['auto', 'json', 'pretty'])
  format: 'auto' | 'json' | 'pretty' = 'auto';
}
