import { EventRing } from '../../../src/dashboard/events/event-ring';
import { positionOf } from '../../../src/dashboard/events/feed-position';
import type { Happening } from '../../../src/dashboard/events/feed-event';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const happening = (n: number, text = ''): Happening => ({
  type: 'llm_request',
  fields: { provider: text, model: `m${n}` },
});
const filled = (events: number, limits = { events: 8, bytes: 1e6 }, text = '') => {
  const ring = new EventRing(limits);
  for (let n = 1; n <= events; n++) ring.add(AT, happening(n, text));
  return ring;
};
const kept = (ring: EventRing) => {
  const models: unknown[] = [];
  for (let n = ring.first; n <= ring.last; n++) models.push(ring.get(n)?.happening.fields['model']);
  return models;
};

describe('the ring of events', () => {
  it('is empty at first', () => {
    const ring = filled(0);
    expect([ring.first, ring.last, ring.get(0), ring.get(1)]).toEqual([1, 0, undefined, undefined]);
  });

  it.each([
    [1, ['m1']],
    [8, ['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']],
    [9, ['m2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']],
    [8_003, range(7_996, 8_003)],
  ])('keeps the newest of %i', (count, expected) => {
    const ring = filled(count);
    expect(kept(ring)).toEqual(expected);
    expect(ring.get(ring.first - 1)).toBeUndefined();
    expect(ring.get(ring.last + 1)).toBeUndefined();
  });

  it('keeps fewer when they are heavy, but always the newest', () => {
    const ring = filled(50, { events: 64, bytes: 9_000 }, 'x'.repeat(200));
    expect(ring.last).toBe(50);
    expect(ring.last - ring.first + 1).toBeLessThan(10);
    expect(kept(ring).at(-1)).toBe('m50');

    for (let n = 51; n <= 150; n++) ring.add(AT, happening(n));
    expect(ring.last - ring.first + 1).toBeGreaterThan(8);
    expect(kept(filled(3, { events: 64, bytes: 1 }))).toEqual(['m3']);
  });

  it('cuts what callers make too long', () => {
    const ring = new EventRing({ events: 2, bytes: 1e6 });
    const keys = Array.from({ length: 90 }, () => 'k'.repeat(900));
    ring.add(AT, { type: 'config_changed', fields: { model: '😀'.repeat(400) }, details: { keys } });
    const frame = ring.get(1)?.frame('p-', true) ?? '';
    expect(frame.length).toBeLessThan(17_000);
    expect(() => JSON.parse(frame.split('data: ')[1] ?? '')).not.toThrow();
  });
});

describe('an event', () => {
  const event = (extra: Partial<Happening>) => {
    const ring = new EventRing({ events: 2, bytes: 1e6 });
    ring.add(AT, { type: 'error', fields: { component: 'gateway', message: 'in short', code: undefined }, ...extra });
    return ring.get(1);
  };

  it('is one frame with id and data and no name, so that plain listeners get it', () => {
    expect(event({})?.frame('boot-', true)).toBe(
      'id: boot-1\ndata: {"type":"error","component":"gateway","message":"in short","timestamp":"2026-01-02T03:04:05.006Z"}\n\n',
    );
  });

  it('shows its details only to who may see them, in the place of what everybody sees', () => {
    const detailed = event({ details: { message: 'in full', owner: 'anna' } });
    expect(detailed?.frame('b-', false)).toContain('"message":"in short","timestamp"');
    expect(detailed?.frame('b-', true)).toContain('"message":"in full","owner":"anna"');
  });

  it('is put into words once for all who see the same', () => {
    const detailed = event({ details: { owner: 'anna' } });
    const words = jest.spyOn(JSON, 'stringify');
    for (let reader = 0; reader < 100; reader++) detailed?.frame('b-', reader % 2 === 0);
    expect(words).toHaveBeenCalledTimes(2);
    words.mockRestore();
  });
});

describe('where a client goes on', () => {
  const ring = filled(20);
  it.each([
    ['without an id', undefined, { after: 20 }],
    ['after the last one', 'b-20', { after: 20 }],
    ['in the middle', 'b-15', { after: 15 }],
    ['after one that is gone', 'b-3', { after: 3 }],
    ['from the beginning', 'b-0', { after: 0 }],
    ['with an id of another process', 'c-15', { after: 12, gap: 'other_process' }],
    ['with one that was never given out', 'b-21', { after: 12, gap: 'other_process' }],
    ['with nonsense', 'b-1e1', { after: 12, gap: 'other_process' }],
    ['with a negative number', 'b--1', { after: 12, gap: 'other_process' }],
    ['with leading zeros', 'b-015', { after: 12, gap: 'other_process' }],
  ])('%s', (_case, id, expected) => {
    expect(positionOf(id, 'b-', ring)).toEqual(expected);
  });
});

function range(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `m${from + index}`);
}
