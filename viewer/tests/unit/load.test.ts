import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadJson } from '../../src/core/load.ts';

afterEach(() => vi.unstubAllGlobals());

describe('a document', () => {
  const broken = (body: BodyInit | null, status = 200) => {
    vi.stubGlobal('fetch', async () => new Response(body, { status }));
    return loadJson('x.json').then(
      () => 'came',
      (error) => error.problem,
    );
  };
  const half = () =>
    new ReadableStream({
      start: (to) => to.enqueue(new TextEncoder().encode('{"format": 1, ')),
      pull: (to) => to.error(new TypeError('network error')),
    });

  it('that breaks off on the way is told as a line that broke', async () => {
    expect(await broken(half())).toBe('offline');
    expect(await broken('{"format": 1, ')).toBe('broken');
    expect(await broken('', 503)).toBe('broken');
    expect(await broken('', 404)).toBe('missing');
    expect(await broken('{}')).toBe('came');
  });
});
