/** What a stop shows: one condition or two, annotations, a section, the sun; each set by doing it where it can be. */
import { html, nothing } from 'lit';
import { conditionName, shownById } from '../../app/state.ts';
import type { MonumentEntry } from '../../core/release.ts';
import { MODES, type Mode } from '../../core/route.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { type Shown, type Stop, setStop, stopOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { button, select } from './parts.ts';

const keyOf = (shown: Shown | undefined): string => shown?.epoch ?? shown?.state ?? '';

function asShown(monument: MonumentEntry, id: string): Shown {
  const found = shownById(monument, id);
  return found?.epoch ? { epoch: found.epoch } : { state: id };
}

export function shownForm(
  studio: Studio,
  editing: Editing,
  stop: Stop,
  monument: MonumentEntry | null,
): Part {
  const { t } = studio.state;
  if (!monument || !studio.staging.scene) return html`<p class="quiet">${t('scene.wanted')}</p>`;
  const { state } = studio.staging.scene.app;
  const conditions = [
    ...monument.epochs.map((e) => ({
      value: e.id,
      text: conditionName(state, monument, { epoch: e.id, state: null }),
    })),
    ...monument.states.map((s) => ({
      value: s.id,
      text: conditionName(state, monument, { epoch: null, state: s.id }),
    })),
  ];
  const { compare } = stop;
  const set = (change: Partial<Omit<Stop, 'id'>>) => editing.set(stop.id, change, t('group.shown'));
  const present = keyOf(stop.show) || monument.reference_epoch;
  const second = conditions.find((c) => c.value !== present)?.value;
  const kind = compare ? 'two' : 'one';
  const adjust = (change: Partial<NonNullable<Stop['compare']>>, join: string | null = null) =>
    compare && editing.set(stop.id, { compare: { ...compare, ...change } }, t('group.shown'), join);
  return html`<div class="choice" role="radiogroup" aria-label=${t('group.shown')}>
      ${(['one', 'two'] as const).map(
        (value) => html`<label
          ><input
            type="radio"
            name="kind"
            .checked=${kind === value}
            ?disabled=${value === 'two' && !second}
            @change=${() =>
              value === 'two'
                ? set({
                    show: undefined,
                    compare: {
                      left: asShown(monument, present),
                      right: asShown(monument, second!),
                      mode: 'swipe',
                      position: 0.5,
                    },
                  })
                : set({ compare: undefined, show: compare?.left })}
          />${t(`shown.${value}`)}</label
        >`,
      )}
    </div>
    ${
      compare
        ? html`<div class="row">
              ${select(t('shown.left'), keyOf(compare.left), conditions, (id) => adjust({ left: asShown(monument, id) }))}
              ${select(t('shown.right'), keyOf(compare.right), conditions, (id) => adjust({ right: asShown(monument, id) }))}
            </div>
            <div class="row">
              ${select(
                t('shown.mode'),
                compare.mode ?? 'swipe',
                MODES.map((m) => ({ value: m, text: t(`mode.${m}`) })),
                (mode) => adjust({ mode: mode as Mode }),
              )}
              ${
                compare.mode === 'side' || compare.mode === 'change'
                  ? nothing
                  : html`<label class="field"
                      ><span>${t('shown.position')}</span
                      ><input
                        type="range"
                        min="0"
                        max="1"
                        step="0.01"
                        .value=${String(compare.position ?? 0.5)}
                        @input=${(event: Event) => adjust({ position: Number((event.target as HTMLInputElement).value) }, 'position')}
                    /></label>`
              }
            </div>`
        : select(t('shown.condition'), present, conditions, (id) => set({ show: asShown(monument, id) }))
    }
    ${annotations(studio, editing, stop, monument)}
    <div class="chips">
      ${stop.section ? chip(studio, t('section'), () => set({ section: undefined })) : nothing}
      ${stop.sun ? chip(studio, t('sun', { day: stop.sun.day, time: stop.sun.time }), () => set({ sun: undefined })) : nothing}
    </div>
    ${button({ text: t('explore'), icon: studioIcon('hand'), press: () => void studio.staging.go('explore') })}
    <p class="quiet">${t('explore.help')}</p>`;
}

const chip = (studio: Studio, text: string, remove: () => void): Part => html`<span class="chip"
  >${text}<button type="button" aria-label=${studio.state.t('take.away', { what: text })} @click=${remove}>${icon('close')}</button></span
>`;

function annotations(studio: Studio, editing: Editing, stop: Stop, monument: MonumentEntry): Part {
  const { t, language } = studio.state;
  if (monument.annotations.length === 0) return nothing;
  const chosen = stop.annotations ?? [];
  const toggle = (id: string, on: boolean) => {
    const next = on ? [...chosen, id] : chosen.filter((other) => other !== id);
    editing.set(stop.id, { annotations: next.length > 0 ? next : undefined }, t('annotations'));
  };
  return html`<fieldset class="ticks">
    <legend>${t('annotations')}</legend>
    ${monument.annotations.map(
      (a) => html`<label
        ><input
          type="checkbox"
          .checked=${chosen.includes(a.id)}
          @change=${(event: Event) => toggle(a.id, (event.target as HTMLInputElement).checked)}
        />${a.title[language] ?? Object.values(a.title)[0] ?? a.id}</label
      >`,
    )}
  </fieldset>`;
}

/** Take over everything that is shown now, as one step. */
export function takeOver(studio: Studio, editing: Editing): void {
  const now = studio.staging.scene?.now();
  const stop = stopOf(editing.now, editing.stop);
  if (!now || !stop) return;
  const annotations = now.annotation
    ? [...new Set([...(stop.annotations ?? []), now.annotation])]
    : stop.annotations;
  const fit = stop.view?.fit_m;
  const next = setStop(editing.now, stop.id, {
    show: now.show,
    compare: now.compare,
    section: now.section,
    sun: now.sun,
    view: fit ? { ...now.view, fit_m: fit } : now.view,
    annotations,
  });
  editing.do(next, { key: 'step.takeover' });
  void studio.staging.go('make');
}
