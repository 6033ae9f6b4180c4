import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseVtt } from '../../src/core/vtt.ts';
import { expect, test } from './helpers.ts';

const MEDIA = fileURLToPath(new URL('../../../heritage/sample/media/', import.meta.url));
const PAUSE_MS = 150; // between sentences, at a comma; the stop of a consonant is shorter
const APART_S = 0.1;

test('the sample’s captions begin where the voice goes on after a pause', { tag: '@once' }, async ({
  page,
}) => {
  const names = readdirSync(MEDIA).filter((name) => name.endsWith('.mp3'));
  expect(names.length).toBeGreaterThan(0);
  const recordings = names.map((name) => readFileSync(MEDIA + name).toString('base64'));
  /** Moments at which a recording is heard again after a pause, seconds. */
  const heard = await page.evaluate(
    async ({ recordings, pause_ms }) => {
      const rate = 16000;
      const ms = rate / 1000;
      const onsets: number[][] = [];
      for (const text of recordings) {
        const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes.buffer);
        const samples = sound.getChannelData(0);
        const found: number[] = [];
        let still_ms = 0;
        for (let at = 0; at + 10 * ms <= samples.length; at += 10 * ms) {
          const power = samples.subarray(at, at + 10 * ms).reduce((sum, x) => sum + x * x, 0) / (10 * ms);
          const still = Math.sqrt(power) < 0.01;
          if (!still && still_ms >= pause_ms) found.push(at / rate);
          still_ms = still ? still_ms + 10 : 0;
        }
        onsets.push(found);
      }
      return onsets;
    },
    { recordings, pause_ms: PAUSE_MS },
  );
  const apart = names.flatMap((name, i) => {
    const cues = parseVtt(readFileSync(MEDIA + name.replace(/mp3$/, 'vtt'), 'utf8'));
    expect(cues.length).toBeGreaterThan(0);
    return cues.map(({ start, text }) => ({
      text,
      off_s: Math.min(...heard[i]!.map((onset) => Math.abs(onset - start))),
    }));
  });
  expect(apart.filter(({ off_s }) => off_s > APART_S)).toEqual([]);
});
