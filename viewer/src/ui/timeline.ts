/** The conditions of a monument along time: dots for surveys, hatched squares for what is supposed. A press shows one. */
import { html, nothing, svg } from 'lit';
import type { App } from '../app/app.ts';
import { conditionName, idOf, newest } from '../app/state.ts';
import type { MonumentEntry, ShownEntry } from '../core/release.ts';
import { momentOf, periodWords, type Span, spanOf, spread } from '../core/timeline.ts';
import { type Part, standing } from './parts.ts';
import { styled } from './styled.ts';

const GAP = 0.3; // of the width, between marks with names of some length
const AXIS = 1000; // units of the drawing across
const LEADER = 26;

interface Place {
  shown: ShownEntry;
  span: Span | null;
}

/** Every condition in order of time; those without a date come last. */
function placesOf(monument: MonumentEntry): Place[] {
  const all: Place[] = [
    ...monument.states.map((s) => ({
      shown: { epoch: null, state: s.id },
      span: spanOf(s.time) ?? momentOf(s.id),
    })),
    ...monument.epochs.map((e) => ({
      shown: { epoch: e.id, state: null },
      span: momentOf(e.captured) ?? momentOf(e.id),
    })),
  ];
  const middle = ({ span }: Place) => (span ? (span.from + span.to) / 2 : Number.POSITIVE_INFINITY);
  return all.sort((a, b) => middle(a) - middle(b) || idOf(a.shown).localeCompare(idOf(b.shown)));
}

/** Every condition in order of time. */
export const conditionsOf = (monument: MonumentEntry): ShownEntry[] =>
  placesOf(monument).map(({ shown }) => shown);

/** Where everything stands on the axis, 0..1: the true spans, and the marks kept apart. */
function laidOut(places: readonly Place[]): { spans: (Span | null)[]; marks: number[] } {
  const dated = places.flatMap(({ span }) => (span ? [span] : []));
  const from = Math.min(...dated.map((s) => s.from));
  const length = Math.max(...dated.map((s) => s.to)) - from || 1;
  const spans = places.map(({ span }) =>
    span ? { from: (span.from - from) / length, to: (span.to - from) / length } : null,
  );
  const wanted = spans.map((s) => (s ? (s.from + s.to) / 2 : 1));
  return { spans, marks: spread(wanted, GAP) };
}

/** A few letters for under a mark: a survey's year, with its month where two are of one year; a state's period. */
function briefly(app: App, monument: MonumentEntry, shown: ShownEntry): string {
  const epoch = monument.epochs.find((e) => e.id === shown.epoch);
  const state = monument.states.find((s) => s.id === shown.state);
  const year = epoch?.captured?.slice(0, 4);
  const twice = monument.epochs.filter((e) => year && e.captured?.startsWith(year)).length > 1;
  const when = twice ? epoch?.captured?.slice(0, 7) : year;
  return (
    when ??
    (periodWords(state?.period ?? null, state?.time, app.state.language) ||
      conditionName(app.state, monument, shown))
  );
}

export function timeline(app: App, monument: MonumentEntry): Part {
  const { state } = app;
  const places = placesOf(monument);
  if (places.length < 2) return nothing;
  const { spans, marks } = laidOut(places);
  const chosen = idOf(state.shown[monument.id] ?? newest(monument));
  const gap = 1 / Math.max(2, places.length - 1);
  return html`<h2 id="conditions">${state.t('conditions')}</h2>
    <fieldset class="years" role="radiogroup" aria-labelledby="conditions" ${styled({ '--gap-share': `${Math.min(GAP, gap) * 100}%` })}>
      <svg viewBox="0 0 ${AXIS} ${LEADER + 8}" preserveAspectRatio="none" aria-hidden="true">
        ${svg`<path class="axis" d="M0 4H${AXIS}"></path>
          ${spans.map((s, i) => {
            if (!s) return nothing;
            const at = ((s.from + s.to) / 2) * AXIS;
            const kind = places[i]!.shown.state ? 'interpreted' : '';
            return svg`<path class="leader" d="M${at} 4L${marks[i]! * AXIS} ${LEADER + 8}"></path>
              <path class="span ${kind}" d="M${Math.min(s.from * AXIS, at - 5)} 4H${Math.max(s.to * AXIS, at + 5)}"></path>`;
          })}`}
      </svg>
      ${places.map(({ shown }, i) => {
        const { interpreted, text } = standing(state, monument, shown);
        return html`<label title=${text} ${styled({ left: `${marks[i]! * 100}%` })}>
          <input
            type="radio"
            name="condition"
            .checked=${idOf(shown) === chosen}
            aria-label=${text}
            @change=${() => app.showing.choose(monument, shown)}
          />
          <span class="mark ${interpreted ? 'interpreted' : ''}"></span>
          <span class="year">${briefly(app, monument, shown)}</span>
        </label>`;
      })}
    </fieldset>`;
}
