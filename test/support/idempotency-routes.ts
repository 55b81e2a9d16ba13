import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Body, Controller, HttpCode, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { AppError } from '../../src/platform/errors/app-error';
import { JsonBody } from '../../src/platform/http/json-body';
import type { GatewayRequest } from '../../src/platform/http/principal';
import { discardAnswer } from '../../src/platform/idempotency/answer-recorder';
import { Idempotent } from '../../src/platform/idempotency/idempotent';

/** Refuses whoever carries the header `X-Refused`. */
class Doorkeeper implements CanActivate {
  canActivate(context: ExecutionContext) {
    return context.switchToHttp().getRequest<GatewayRequest>().headers['x-refused'] === undefined;
  }
}

interface RawRequest extends GatewayRequest {
  rawBody?: Uint8Array;
}

async function readAll(request: GatewayRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Answers in every style that the doors of the gateway use. */
@Controller()
export class IdempotencyRoutes {
  /** How often work was really done. */
  runs = 0;
  /** What `/slow` and `/stream` wait for. */
  gate = Promise.withResolvers<void>();
  /** Lets a test act between the claim and the work. */
  beforeWork: () => Promise<void> = () => Promise.resolve();
  /** Called when a handler has begun. */
  onRun: () => void = () => undefined;

  @Post('json')
  @HttpCode(201)
  @Idempotent()
  async json(@JsonBody() body: unknown) {
    await this.beforeWork();
    this.run();
    return { run: this.runs, body };
  }

  @Post('plain')
  plain() {
    return {};
  }

  @Post('items/:id')
  @Idempotent()
  item(@Param('id') id: string) {
    this.run();
    return { run: this.runs, id };
  }

  @Post('empty')
  @HttpCode(204)
  @Idempotent()
  empty() {
    this.run();
  }

  @Post('slow')
  @Idempotent()
  async slow() {
    this.run();
    await this.gate.promise;
    return { run: this.runs };
  }

  /** Fails in the way the body asks for, then works. */
  @Post('flaky')
  @Idempotent()
  async flaky(@Body() { failure }: { failure: string }, @Res() response: ServerResponse) {
    this.run();
    if (this.runs === 1) await fail(failure, response);
    else response.end(`run ${this.runs}`);
  }

  /** Every kind of chunk and of call that Node knows. */
  @Post('stream')
  @Idempotent()
  async stream(@Res() response: ServerResponse) {
    this.run();
    response.writeHead(200, 'Fine', ['Content-Type', 'text/event-stream', 'X-Run', String(this.runs)]);
    response.write(`data: run ${this.runs}\n\n`);
    await this.gate.promise;
    response.cork();
    response.write('data: caf\u00e9\n\n', 'latin1');
    response.write('ZGF0YTogYmFzZTY0Cgo=', 'base64', () => undefined);
    process.nextTick(() => response.uncork());
    const reused = Buffer.from('data: reused\n\n');
    await new Promise((resolve) => response.write(reused, resolve));
    reused.fill('x');
    response.write(new Uint8Array([0x3a, 0x00, 0xff, 0x0a, 0x0a]));
    if (!response.write('data: more\n\n')) await once(response, 'drain');
    response.end('data: [DONE]\n\n', 'utf8', () => undefined);
    response.end('never sent');
  }

  @Post('announced')
  @Idempotent()
  async announced(@Res() response: ServerResponse) {
    await this.beforeWork();
    this.run();
    response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 10 });
    response.write('01234');
    response.write('56789');
    response.end();
  }

  @Post('piped')
  @Idempotent()
  async piped(@Res() response: ServerResponse) {
    await this.beforeWork();
    this.run();
    await pipeline(Readable.from(['one ', Buffer.from('two '), `run ${this.runs}`], { objectMode: true }), response);
  }

  @Post('large')
  @Idempotent()
  large(@Res() response: ServerResponse) {
    this.run();
    response.write(Buffer.alloc(1_048_576));
    response.end(String(this.runs));
  }

  @Post('own-reader')
  @Idempotent({ readBody: readAll })
  async ownReader(@Req() request: RawRequest, @Res() response: ServerResponse) {
    this.run();
    const body = request.rawBody ?? (await readAll(request));
    response.end(`run ${this.runs}: ${Buffer.from(body).toString()}`);
  }

  @UseGuards(Doorkeeper)
  @Post('guarded')
  @Idempotent()
  guarded() {
    this.run();
  }

  private run(): void {
    this.runs += 1;
    this.onRun();
  }
}

async function fail(failure: string, response: ServerResponse): Promise<void> {
  switch (failure) {
    case 'client error':
      throw new AppError(400, 'test.bad', 'The test wants this to be a mistake of the client');
    case 'crash':
      throw new TypeError('a programming error');
    case 'redirect':
      response.writeHead(302, { Location: '/elsewhere' }).end();
      return;
    case 'upstream':
      response.statusCode = 502;
      response.end('no');
      return;
    case 'cut':
      response.write('half an ');
      await sleep(0);
      response.destroy();
      return;
    case 'error in the stream':
      response.write('data: half\n\n');
      discardAnswer(response);
      response.end('data: {"error":"cut"}\n\n');
      return;
    default:
      throw new Error(`no such failure: ${failure}`);
  }
}
