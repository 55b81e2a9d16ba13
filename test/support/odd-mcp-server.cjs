'use strict';
// An MCP server that does what servers of others do on bad days. Its tools speak for themselves.
const { spawn } = require('node:child_process');
const { existsSync, writeFileSync } = require('node:fs');
const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
const { StdioServerTransport } = require('@modelcontextprotocol/sdk/server/stdio.js');
const { CallToolRequestSchema, ListToolsRequestSchema } = require('@modelcontextprotocol/sdk/types.js');

// After `die` it stays dead for as long as this file exists.
if (process.env.GRAVE && existsSync(process.env.GRAVE)) {
  process.stderr.write('the disk of this server is full\n');
  process.exit(3);
}

const schema = { type: 'object' };
const tools = [
  { name: 'pid', inputSchema: schema },
  { name: 'hang', inputSchema: schema },
  { name: 'given-up', description: 'How many calls were cancelled.', inputSchema: schema },
  { name: 'spawn', inputSchema: schema },
  { name: 'grow', inputSchema: schema },
  { name: 'die', inputSchema: schema },
  { name: 'fail', inputSchema: schema },
  { name: 'flood', inputSchema: schema },
  { name: 'odd.name/with spaces', inputSchema: schema },
  { name: `long-${'x'.repeat(80)}`, inputSchema: schema },
  {
    name: 'broken-schema',
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { a: { type: 'nonsense' } },
    },
  },
];
let givenUp = 0;

const server = new Server({ name: 'odd', version: '1' }, { capabilities: { tools: { listChanged: true } } });
server.setRequestHandler(ListToolsRequestSchema, ({ params }) => {
  const half = Math.ceil(tools.length / 2);
  return params?.cursor ? { tools: tools.slice(half) } : { tools: tools.slice(0, half), nextCursor: 'rest' };
});
server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
  const say = (text) => ({ content: [{ type: 'text', text: String(text) }] });
  switch (params.name) {
    case 'pid':
      return say(process.pid);
    case 'given-up':
      return say(givenUp);
    case 'spawn':
      return say(spawn('sleep', ['600'], { stdio: 'ignore' }).pid);
    case 'grow':
      tools.push({ name: `grown-${tools.length}`, inputSchema: schema });
      await server.sendToolListChanged();
      return say('grown');
    case 'die':
      writeFileSync(process.env.GRAVE, '');
      process.stderr.write('the disk of this server is full\n');
      process.exit(3);
      break;
    case 'fail':
      return { ...say('it is Sunday'), isError: true };
    case 'flood':
      return say('x'.repeat(300_000));
    case 'hang':
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      givenUp++;
      return say('never seen');
    default:
      return say(`${params.name} ${JSON.stringify(params.arguments)}`);
  }
  return say('');
});
process.stderr.write(`pid ${process.pid}, token ${process.env.TOKEN}\n`);
void server.connect(new StdioServerTransport());
