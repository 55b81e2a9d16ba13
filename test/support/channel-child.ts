import 'reflect-metadata';
import './pigeon';
import { createInterface } from 'node:readline';
import { createApp } from '../../src/app';
import { configSections } from '../../src/config-sections';
import { Clock } from '../../src/platform/clock';
import { loadConfig } from '../../src/platform/config/load-config';
import { EventBus } from '../../src/platform/events/event-bus';
import { crashAt } from './crash-points';

/** The gateway with the pigeon channel as a process that can be killed, or kills itself at the point that a line of its input names. */
async function main([configDir = '', ahead = '0']: string[]): Promise<void> {
  const now = Clock.prototype.now;
  Clock.prototype.now = function (this: Clock) {
    return now.call(this) + Number(ahead);
  };
  const config = await loadConfig({ sections: configSections, configDir, env: {}, flags: { 'gateway.port': 0 } });
  const silent = { log() {}, error() {}, warn() {}, debug() {}, verbose() {}, fatal() {} };
  const gateway = await createApp({ config, events: new EventBus(), logger: silent });
  process.stdout.write(`listening on ${await gateway.listen()}\n`);
  process.once('SIGTERM', () => {
    process.stdin.unref();
    void gateway.stop();
  });
  for await (const point of createInterface(process.stdin)) {
    crashAt(point);
    process.stdout.write(`dies ${point}\n`);
  }
}

void main(process.argv.slice(2));
