import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Clock } from '../../../src/platform/clock';
import { CalculateTool } from '../../../src/tools/calculate.tool';
import { CurrentTimeTool } from '../../../src/tools/current-time.tool';
import { RegisterTool } from '../../../src/tools/register-tool';
import type { Tool } from '../../../src/tools/tool';
import { ToolRegistry } from '../../../src/tools/tool.registry';
import { TestClock } from '../../support/test-clock';

describe('calculate', () => {
  const calculate = (expression: string) => new CalculateTool().execute({ expression });

  it.each([
    ['2 + 3 * 4', '14'],
    ['(17.5 * 12) / 7', '30'],
    ['-2 ^ 2', '-4'],
    ['10 % 4', '2'],
    ['sqrt(2) * sqrt(2) - 2 < 0.001', 'true'],
    ['max(1, 2, 3) - min(4, 5)', '-1'],
    ['round(2 * PI)', '6'],
    ['0.1 + 0.2', '0.30000000000000004'],
  ])('%s is %s', async (expression, output) => {
    expect(await calculate(expression)).toEqual({ success: true, output });
  });

  it.each([
    '1 / 0',
    '2 +',
    'price * 2',
    'x = 3',
    'f(x) = x',
    '"text"',
    '[1, 2]',
    'toString',
    'toString()',
    'constructor',
    '__proto__',
    'min.constructor("return 1")()',
    'process.exit()',
    'random()',
    '9^9^9^9',
    '(',
  ])('refuses %s with a reason', async (expression) => {
    const { success, output } = await calculate(expression);
    expect(success).toBe(false);
    expect(output).toContain(expression);
  });

  it('survives deep nesting', async () => {
    expect((await calculate('('.repeat(400))).success).toBe(false);
  });
});

describe('current_time', () => {
  const tool = new CurrentTimeTool(new TestClock(Date.UTC(2026, 6, 4, 22, 30)));

  it('tells the time where it was asked for', async () => {
    const { success, output } = await tool.execute({ timezone: 'Asia/Tokyo' });
    expect(success).toBe(true);
    expect(output).toMatch(/Sunday.* 5 July 2026.*07:30:00.*Asia\/Tokyo.*2026-07-04T22:30:00\.000Z/);
  });

  it('takes UTC when nothing is said', async () => {
    expect((await tool.execute({})).output).toMatch(/Saturday.*22:30:00/);
  });

  it('says what a time zone is when it is none', async () => {
    const { success, output } = await tool.execute({ timezone: 'Mars/Olympus' });
    expect(success).toBe(false);
    expect(output).toMatch(/Mars\/Olympus.*IANA/);
  });
});

describe('the registry', () => {
  const tool = (name: string): Tool => ({
    name,
    description: '',
    parameters: {},
    risk: 'low',
    execute: async () => ({ success: true, output: '' }),
  });
  const start = async (...names: string[]) => {
    const providers = names.map((name, index) => {
      @RegisterTool()
      class Registered {}
      Object.defineProperty(Registered, 'name', { value: `Registered${index}` });
      Object.assign(Registered.prototype, tool(name));
      return Registered;
    });
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [ToolRegistry, Clock, CurrentTimeTool, ...providers],
    }).compile();
    await module.init();
    return module.get(ToolRegistry);
  };

  it('finds every marked class, by name', async () => {
    const registry = await start('zoom', 'add');
    expect(registry.list().map(({ name }) => name)).toEqual(['add', 'current_time', 'zoom']);
    expect(registry.get('zoom')?.risk).toBe('low');
    expect(registry.get('toString')).toBeUndefined();
  });

  it('takes tools that come and go, each name once', async () => {
    const registry = await start('b');
    const remove = registry.add(tool('a__x'));
    expect(registry.list().map(({ name }) => name)).toEqual(['a__x', 'b', 'current_time']);
    expect(() => registry.add(tool('a__x'))).toThrow(/two tools/);
    expect(() => registry.add(tool('a x'))).toThrow(/does not match/);
    remove();
    remove();
    const again = registry.add(tool('a__x'));
    // What took the first one away has no say about the second.
    remove();
    expect(registry.get('a__x')).toBeDefined();
    again();
    expect(registry.list().map(({ name }) => name)).toEqual(['b', 'current_time']);
  });

  it('offers what is allowed and not denied', async () => {
    const registry = await start('a', 'b', 'c');
    const names = (allowed: string[], denied: string[]) => registry.list({ allowed, denied }).map(({ name }) => name);
    expect(names([], ['b'])).toEqual(['a', 'c', 'current_time']);
    expect(names(['a', 'b', 'unheard-of'], ['b'])).toEqual(['a']);
  });

  it.each([
    [['same', 'same'], /two tools are called "same"/],
    [['no spaces'], /does not match/],
  ])('does not start with %j', async (names, message) => {
    await expect(start(...names)).rejects.toThrow(message);
  });
});
