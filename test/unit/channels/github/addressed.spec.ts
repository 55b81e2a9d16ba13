import * as fc from 'fast-check';
import { isAddressed } from '../../../../src/channels/github/addressed';
import { ownWords } from '../../../../src/channels/github/own-words';

const names = { login: 'acme-bot', command: '/zeroclaw' };

describe('a comment that speaks to the agent', () => {
  it.each([
    '@acme-bot what is this?',
    'Could you look, @Acme-Bot?',
    'two lines\r\n@acme-bot, please',
    '(@acme-bot)',
    '@acme-bot[bot] hello',
    '/zeroclaw',
    '/zeroclaw explain this',
    'Thanks.\n\n  /ZeroClaw explain this',
    '> @someone wrote this\n@acme-bot do you agree?',
    '```\ncode\n```\n@acme-bot why?',
    '~~~~ts\n~~~\n~~~~\n@acme-bot why?',
    'the `code` here, @acme-bot and `more`',
    'an open ` tick @acme-bot',
    '``a ` b`` @acme-bot',
    '- a list\n\n    @acme-bot in the list',
    'a paragraph\n    @acme-bot that goes on indented',
    '<!-- from the template -->\n@acme-bot hello',
    '`a`\n\n`@acme-bot\n\nno span goes over the end of a paragraph`',
  ])('%j', (body) => {
    expect(isAddressed(body, names)).toBe(true);
  });

  it.each([
    'nothing of the kind',
    '@acme-bot2 hello',
    '@acme-bot-2 hello',
    '@acme-bot/team hello',
    'me@acme-bot.example',
    'https://x.example/@acme-bot',
    '> @acme-bot said',
    '> /zeroclaw explain',
    '   > @acme-bot said',
    'run `@acme-bot hello`',
    'run ``a ` @acme-bot``',
    'run `a\n@acme-bot`',
    '```\n@acme-bot\n```',
    '```\n/zeroclaw explain\n```',
    '```\n@acme-bot never closed',
    '````\n```\n@acme-bot\n````',
    '~~~\n```\n@acme-bot\n~~~',
    'text\n\n    @acme-bot indented code\n\n    /zeroclaw more of it',
    '\t@acme-bot',
    '<!-- @acme-bot -->',
    '<!--\n/zeroclaw\n\n@acme-bot\n-->',
    'visible <!-- @acme-bot --> text',
    'say /zeroclaw to ask it',
    '/zeroclawed',
    '/zeroclaw-2 hello',
  ])('not %j', (body) => {
    expect(isAddressed(body, names)).toBe(false);
  });

  it('knows no mention before it knows its login, but its command', () => {
    expect(isAddressed('@acme-bot hello', { ...names, login: undefined })).toBe(false);
    expect(isAddressed('@undefined hello', { ...names, login: undefined })).toBe(false);
    expect(isAddressed('/zeroclaw hello', { ...names, login: undefined })).toBe(true);
  });

  it('is called as the App is, with and without [bot]', () => {
    const app = { ...names, login: 'Acme-Bot[bot]' };
    expect(isAddressed('@acme-bot hello', app)).toBe(true);
    expect(isAddressed('@acme-bot[bot] hello', app)).toBe(true);
  });

  it('never throws and makes up no words, whatever the Markdown', () => {
    const piece = fc.constantFrom(
      '`',
      '``',
      '```',
      '~~~',
      '>',
      '\n',
      '    ',
      '\t',
      '- ',
      '<!--',
      '-->',
      '@acme-bot',
      'x',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        ),
        (body) => {
          const words = ownWords(body);
          for (const word of words.match(/[@\w-]+/g) ?? []) expect(body).toContain(word);
          expect(isAddressed(body, names)).toBe(isAddressed(body.replaceAll('\n', '\r\n'), names));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      'backticks',
      (n: number) =>
        Array.from({ length: 300 }, (_, i) => '`'.repeat(i % 200))
          .join('x')
          .padEnd(n, '`x'),
    ],
    ['open comments', (n: number) => 'a <!--'.repeat(n / 6)],
    ['fences', (n: number) => '```\n'.repeat(n / 4)],
    ['spaces', (n: number) => ' '.repeat(n)],
    ['quotes', (n: number) => '> '.repeat(n / 2)],
    ['paragraphs of list items', (n: number) => '- x\n\n    y\n'.repeat(n / 11)],
  ])('reads the longest comment of %s in no time', (_what, make) => {
    const body = `${make(65_000)}\n@acme-bot`;
    const start = performance.now();
    isAddressed(body, names);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
