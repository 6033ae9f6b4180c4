import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UI_LANGUAGES } from '../../src/core/i18n.ts';

const ROOT = join(import.meta.dirname, '../../..');
const messages = Object.fromEntries(
  UI_LANGUAGES.map((l) => [
    l,
    JSON.parse(readFileSync(join(ROOT, `assets/i18n/studio/${l}.json`), 'utf8')) as Record<string, string>,
  ]),
);
const sources = ['.', 'ui', 'core', 'scene'].flatMap((room) =>
  readdirSync(join(ROOT, 'viewer/src/studio', room))
    .filter((f) => f.endsWith('.ts'))
    .map((f) => readFileSync(join(ROOT, 'viewer/src/studio', room, f), 'utf8')),
);

describe('the studio’s words', () => {
  it('every language has every message, with the same blanks to fill', () => {
    const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((m) => m[0]).sort();
    for (const l of UI_LANGUAGES) {
      expect(Object.keys(messages[l]!), l).toEqual(Object.keys(messages.en!));
      for (const [key, text] of Object.entries(messages[l]!)) {
        expect(text.trim(), `${l} ${key}`).not.toBe('');
        expect(blanks(text), `${l} ${key}`).toEqual(blanks(messages.en![key]!));
      }
    }
  });

  it('every finding that can be accepted is told in the words of the interface', () => {
    const model = readFileSync(join(ROOT, 'heritage/model/documents/tour.py'), 'utf8');
    const codes = [.../^FindingCode = Literal\[([^\]]*)\]/m.exec(model)![1]!.matchAll(/"([\w-]+)"/g)];
    expect(codes.length).toBeGreaterThan(10);
    for (const [, code] of codes) expect(messages.en, code).toHaveProperty([`finding.${code}`]);
  });

  it('every message used exists, and every message is used', () => {
    const literal = new Set<string>();
    const families = new Set<string>();
    for (const text of sources) {
      for (const m of text.matchAll(/\bt\(\s*(?:[^'`()]*\?\s*)?'([\w.-]+)'(?:\s*:\s*'([\w.-]+)')?/g)) {
        literal.add(m[1]!);
        if (m[2]) literal.add(m[2]);
      }
      for (const m of text.matchAll(/key: '([\w.]+)'/g)) literal.add(m[1]!);
      for (const m of text.matchAll(/`([a-z]+\.)\$\{/g)) families.add(m[1]!);
    }
    for (const key of literal) expect(messages.en, key).toHaveProperty([key]);
    expect(literal.size).toBeGreaterThan(100);
    const unused = Object.keys(messages.en!).filter(
      (key) => !literal.has(key) && ![...families].some((family) => key.startsWith(family)),
    );
    expect(unused).toEqual([]);
  });
});
