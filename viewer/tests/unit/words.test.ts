import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLater } from '../../scripts/catalogues.ts';
import { amount, bytes, clock, copyright, date, duration, figure, metres } from '../../src/core/format.ts';
import {
  chooseLanguage,
  direction,
  pick,
  pieces,
  spokenIn,
  translator,
  UI_LANGUAGES,
  uiLanguage,
  unbroken,
} from '../../src/core/i18n.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** Messages per language, and the texts that say them. */
const catalogue = (folder: string, rooms: readonly string[]) => ({
  messages: Object.fromEntries(
    UI_LANGUAGES.map((l) => [
      l,
      JSON.parse(readFileSync(join(ROOT, folder, `${l}.json`), 'utf8')) as Record<string, string>,
    ]),
  ),
  sources: rooms.flatMap((room) =>
    readdirSync(join(ROOT, 'viewer/src', room), { recursive: true, encoding: 'utf8' })
      .filter((f) => f.endsWith('.ts'))
      .map((f) => readFileSync(join(ROOT, 'viewer/src', room, f), 'utf8')),
  ),
});
const interfaces = catalogue('assets/i18n', ['ui', 'app', 'walk', 'xr']);
const studios = catalogue('assets/i18n/studio', ['studio']);
const { messages } = interfaces;

describe('what rounds to nothing', () => {
  it('is 0 without a sign, the rest keeps its own', () => {
    expect([-0, -0.004, 0.004].map((v) => figure(v, 'm', 'en'))).toEqual(Array(3).fill('0\u00a0m'));
    expect([-0, -1e-7].map((v) => metres(v, 'en'))).toEqual(['0 m', '0 mm']);
    expect(figure(-0.005, 'm', 'en')).toBe('-0.01\u00a0m');
    expect(figure(-1234.5, 'm', 'en', 0)).toBe('-1,235\u00a0m');
    expect(metres(-0.25, 'en')).toBe('-250 mm');
  });
});

describe('areas and volumes', () => {
  it('have two figures that count, however small, and no more places than asked for where they are not', () => {
    const told = [0, 1234.56, 12.34, 0.456, 0.0094, -0.00003, 4e-9].map((v) => amount(v, 'm³', 'en', 1));
    const texts = ['0', '1,234.6', '12.3', '0.46', '0.0094', '-0.00003', '0'];
    expect(told).toEqual(texts.map((text) => `${text}\u00a0m³`));
  });
});

describe('figures in a language that the interface does not speak', () => {
  it('are written as the sentences they stand in', () => {
    expect(date('2019-03-14', 'ar')).toBe(date('2019-03-14', 'en'));
    expect(metres(12.5, 'he')).toBe(metres(12.5, 'en'));
    expect(date('2019-03-14', 'fr-CA')).toContain('mars');
  });
});

describe('a sentence of the interface with words of the site in it', () => {
  it('comes in pieces, so that each can be read in its language', () => {
    const t = translator({ at: 'Stop {number} of {total}: {title}' });
    const title = { vi: 'Cổng' };
    expect(pieces(t('at', { number: 2, total: 4 }), { title })).toEqual(['Stop 2 of 4: ', title, '']);
  });
});

describe.each([
  { whose: 'the interface’s words', ...interfaces, least: 60 },
  { whose: 'the studio’s words', ...studios, least: 100 },
])('$whose', ({ messages, sources, least }) => {
  it('every language has every message, with the same blanks to fill', () => {
    const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
    for (const l of UI_LANGUAGES) {
      expect(Object.keys(messages[l]!).sort(), l).toEqual(Object.keys(messages.en!).sort());
      for (const [key, text] of Object.entries(messages[l]!)) {
        expect(text.trim(), `${l} ${key}`).not.toBe('');
        expect(blanks(text), `${l} ${key}`).toEqual(blanks(messages.en![key]!));
      }
    }
  });

  it('every message used exists, and every message is used', () => {
    const literal = new Set<string>();
    const families = new Set<string>();
    for (const text of sources) {
      for (const m of text.matchAll(/\bt\(\s*(?:[^'`()]*\?\s*)?'([\w.-]+)'(?:\s*:\s*'([\w.-]+)')?/g)) {
        literal.add(m[1]!);
        if (m[2]) literal.add(m[2]);
      }
      // What an undo's step is called.
      for (const m of text.matchAll(/key: '(step\.\w+)'/g)) literal.add(m[1]!);
      for (const m of text.matchAll(/`((?:[a-z]+\.)+)\$\{/g)) families.add(m[1]!);
    }
    for (const key of literal) expect(messages.en, key).toHaveProperty([key]);
    expect(literal.size).toBeGreaterThan(least);
    const unused = Object.keys(messages.en!).filter(
      (key) => !literal.has(key) && ![...families].some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });
});

describe('a finding that can be accepted', () => {
  it('is told in the words of the interface', () => {
    const model = readFileSync(join(ROOT, 'heritage/model/documents/tour.py'), 'utf8');
    const codes = [.../^FindingCode = Literal\[([^\]]*)\]/m.exec(model)![1]!.matchAll(/"([\w-]+)"/g)];
    expect(codes.length).toBeGreaterThan(10);
    for (const [, code] of codes) expect(studios.messages.en, code).toHaveProperty([`finding.${code}`]);
  });
});

describe('the interface’s words', () => {
  it('what comes later is said by nothing that comes first', () => {
    const first = new Set<string>();
    const follow = (file: string): void => {
      if (first.has(file)) return;
      first.add(file);
      for (const m of readFileSync(file, 'utf8').matchAll(/^(?:import|export)[^;']*?'(\.[^']+\.ts)'/gms)) {
        if (!/^import type/.test(m[0])) follow(join(file, '..', m[1]!));
      }
    };
    // The page is asked for once the scene is on its way; it is on the first screen all the same.
    for (const entry of ['main.ts', 'page.ts']) follow(join(ROOT, 'viewer/src', entry));
    const texts = [...first].map((file) => readFileSync(file, 'utf8'));
    const later = Object.keys(messages.en!).filter(isLater);
    const said = later.filter((key) => texts.some((text) => text.includes(`'${key}'`)));
    expect(said).toEqual([]);
    expect(first.size).toBeGreaterThan(30);
    expect(later.length).toBeGreaterThan(80);
    // Families that are put together from parts: only those whose every member comes first.
    const families = texts.flatMap((text) => [...text.matchAll(/t\(\s*`([a-z]+\.)\$\{/g)].map((m) => m[1]!));
    const mixed = new Set(families.filter((family) => later.some((key) => key.startsWith(family))));
    expect([...mixed]).toEqual(['mapping.']); // carried and review are among the first
  });

  it('the sign of rights stands once', () => {
    expect(copyright('Huế')).toBe('© Huế');
    expect(copyright('© OpenStreetMap contributors')).toBe('© OpenStreetMap contributors');
  });

  it('a line does not break before French punctuation or a percent sign', () => {
    expect(unbroken({ a: 'Méthode : {m} ; {p} % ?', b: 'No. {n}: 5' })).toEqual({
      a: 'Méthode\u00a0: {m}\u00a0; {p}\u00a0%\u00a0?',
      b: 'No. {n}: 5',
    });
  });

  it('a missing message is a defect, not an empty label', () => {
    expect(() => translator({})('nothing')).toThrow('no message nothing');
    expect(translator({ a: '{n} of {m}' })('a', { n: 1, m: 2 })).toBe('1 of 2');
  });
});

describe('languages', () => {
  it('takes the first wanted one that the site has', () => {
    expect(chooseLanguage(['de', 'en-GB', 'vi'], ['vi', 'en', 'fr'])).toBe('en');
    expect(chooseLanguage([null, 'pt-BR'], ['pt-PT', 'en'])).toBe('pt-PT');
    expect(chooseLanguage(['ja'], ['vi', 'en'])).toBe('vi');
  });

  it('falls back to a language that has the text, and says which', () => {
    expect(pick({ vi: 'Cổng', fr: 'Porte' }, 'en', ['fr', 'vi'])).toEqual({ text: 'Porte', language: 'fr' });
    expect(pick({}, 'en', ['vi'])).toEqual({ text: '', language: 'en' });
    expect(uiLanguage('de')).toBe('en');
    expect(uiLanguage('fr-CA')).toBe('fr');
    // What a page is marked as: by its own tag where the interface speaks the language.
    expect(['vi', 'fr-CA', 'ar-EG'].map(spokenIn)).toEqual(['vi', 'fr-CA', 'en']);
  });

  it('knows which way it is written', () => {
    // The same cases hold for pages without script in tests/export/test_text_version.py.
    const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'direction-cases.json'), 'utf8'));
    expect(Object.fromEntries(Object.keys(cases).map((tag) => [tag, direction(tag)]))).toEqual(cases);
  });
});

describe('figures', () => {
  it('carry their units', () => {
    expect(metres(0.0123, 'en')).toBe('12 mm');
    expect(metres(-0.5, 'en')).toBe('-500 mm');
    expect(metres(0.0000666, 'en')).toBe('0.07 mm');
    expect(metres(0, 'en')).toBe('0 m');
    expect(metres(12.345, 'fr')).toMatch(/^12,35\sm$/);
    expect(bytes(12_340_000, 'en')).toBe('12.3\u00a0MB');
    expect(bytes(10_737_418_240, 'en')).toBe('10.7\u00a0GB');
    expect(bytes(12_300, 'en')).toBe('12\u00a0kB');
    expect(clock(125.9)).toBe('2:05');
    expect(duration(24, 'en')).toBe('24 seconds');
    expect(duration(200, 'en')).toBe('3 minutes');
  });

  it('dates are told in the language', () => {
    expect(date('2024-05-02', 'en')).toBe('2 May 2024');
    expect(date('2024-05-02', 'fr')).toBe('2 mai 2024');
    expect(date('1885~', 'en')).toBe('1885~');
  });
});
