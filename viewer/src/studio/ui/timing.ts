/** The tour's time as a bar: flights and stays of every stop, with the voice that fills them. */
import { html, nothing } from 'lit';
import { clock } from '../../core/format.ts';
import type { Part } from '../../ui/parts.ts';
import { styled } from '../../ui/styled.ts';
import { dwellOf } from '../core/preview.ts';
import { DEFAULT_MOVE_S, type Stop, titleOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';

const PEAKS = 160;
/** Peaks of recordings by path; empty while they come or where they cannot be read. */
const peaks = new Map<string, readonly number[]>();

/** The loudest of each of `count` pieces of a recording, 0..1. */
export function peaksOf(samples: Float32Array, count: number): number[] {
  const length = Math.max(1, Math.floor(samples.length / count));
  const found = Array.from({ length: count }, (_, k) => {
    let most = 0;
    for (let i = k * length; i < Math.min(samples.length, (k + 1) * length); i++)
      most = Math.max(most, Math.abs(samples[i]!));
    return most;
  });
  const loudest = Math.max(...found);
  return found.map((v) => (loudest > 0 ? v / loudest : 0));
}

async function listen(studio: Studio, path: string): Promise<void> {
  peaks.set(path, []);
  try {
    const response = await fetch(`./files/${path}`);
    if (!response.ok) return;
    const context = new OfflineAudioContext(1, 1, 8000);
    const sound = await context.decodeAudioData(await response.arrayBuffer());
    peaks.set(path, peaksOf(sound.getChannelData(0), PEAKS));
    studio.onState();
  } catch {
    // A file the browser cannot read has no waveform; the linter tells about it.
  }
}

/** The outline of a waveform in a box of 100 by 24. */
const outline = (values: readonly number[]): string => {
  const x = (k: number) => ((k / (values.length - 1)) * 100).toFixed(1);
  const top = values.map((v, k) => `${x(k)},${(12 - v * 11).toFixed(1)}`);
  const bottom = values.map((v, k) => `${x(k)},${(12 + v * 11).toFixed(1)}`).reverse();
  return [...top, ...bottom].join(' ');
};

export function timing(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  const sources = studio.staging.sources(editing);
  if (!sources) return nothing;
  const tour = editing.now;
  const spoken = studio.languages.includes(language) ? language : (studio.languages[0] ?? '');
  const lengths = tour.tour.stops.map((stop) => {
    const move = stop.move?.easing === 'cut' ? 0 : (stop.move?.seconds ?? DEFAULT_MOVE_S);
    return { stop, move, dwell: dwellOf(tour, stop, spoken, sources) };
  });
  const total = lengths.reduce((sum, l) => sum + l.move + l.dwell, 0) || 1;
  return html`<div class="timing" role="group" aria-label=${t('timing', { length: clock(total) })}>
    <ol>
      ${lengths.map(({ stop, move, dwell }, k) => {
        const path = stop.narration?.[spoken];
        if (path && !peaks.has(path)) void listen(studio, path);
        const wave = path ? (peaks.get(path) ?? []) : [];
        const spokenShare = path ? Math.min(1, (editing.seconds.get(path) || dwell) / dwell) : 0;
        return html`<li
          class=${stop.id === editing.stop ? 'chosen' : ''}
          ${styled({ '--length': String(move + dwell), '--move': `${(100 * move) / (move + dwell || 1)}%` })}
        >
          <button type="button" aria-current=${stop.id === editing.stop ? 'true' : nothing} @click=${() => editing.choose(stop.id)}>
            <span class="flight" aria-hidden="true"></span>
            <span class="stay">
              ${
                wave.length > 1
                  ? html`<svg viewBox="0 0 100 24" preserveAspectRatio="none" aria-hidden="true" ${styled({ width: `${spokenShare * 100}%` })}>
                      <polygon points=${outline(wave)}></polygon>
                    </svg>`
                  : nothing
              }
              <span class="visually-hidden">${titleOf(tour, stop.id, language)}</span>
              <span class="seconds">${k + 1}<span> · ${clock(dwell)}</span></span>
            </span>
          </button>
          ${edge(studio, editing, stop, dwell, total)}
        </li>`;
      })}
    </ol>
    <p class="total">${clock(total)}</p>
  </div>`;
}

let pulled: { id: string; x: number; from: number; scale: number } | null = null;

/** The end of a stay, to be pulled: how long the tour stays. */
function edge(studio: Studio, editing: Editing, stop: Stop, dwell: number, total: number): Part {
  const { t, language } = studio.state;
  const set = (seconds: number) => {
    const dwell_s = Math.min(600, Math.max(0.5, Math.round(seconds * 2) / 2));
    editing.set(stop.id, { dwell_s }, t('dwell'), 'dwell');
  };
  return html`<span
    class="edge"
    role="slider"
    tabindex="0"
    aria-label=${t('dwell.of', { title: titleOf(editing.now, stop.id, language) })}
    aria-valuemin="0.5"
    aria-valuemax="600"
    aria-valuenow=${dwell.toFixed(1)}
    aria-valuetext=${clock(dwell)}
    @keydown=${(event: KeyboardEvent) => {
      const step = { ArrowLeft: -0.5, ArrowRight: 0.5, ArrowDown: -0.5, ArrowUp: 0.5 }[event.key];
      if (!step) return;
      event.preventDefault();
      set(dwell + step);
    }}
    @pointerdown=${(event: PointerEvent) => {
      const own = event.currentTarget as HTMLElement;
      own.setPointerCapture(event.pointerId);
      const width = own.closest('ol')!.clientWidth;
      pulled = { id: stop.id, x: event.clientX, from: dwell, scale: total / width };
    }}
    @pointermove=${(event: PointerEvent) => {
      if (pulled?.id === stop.id) set(pulled.from + (event.clientX - pulled.x) * pulled.scale);
    }}
    @pointerup=${() => (pulled = null)}
    @pointercancel=${() => (pulled = null)}
  ></span>`;
}
