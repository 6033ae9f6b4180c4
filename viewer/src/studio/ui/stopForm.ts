/** What a stop is, in a form: what is shown, from where, for how long; each set by doing it where it can be. */
import { html, nothing } from 'lit';
import { conditionName, shownById } from '../../app/state.ts';
import { languageName } from '../../core/i18n.ts';
import type { Easing } from '../../core/path.ts';
import type { MonumentEntry } from '../../core/release.ts';
import { MODES, type Mode } from '../../core/route.ts';
import type { Vec3 } from '../../core/vec.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { dwellOf } from '../core/preview.ts';
import {
  DEFAULT_MOVE_S,
  duplicateStop,
  type FlightPoint,
  idProblem,
  type Pose,
  removeStop,
  renameStop,
  type Shown,
  type Stop,
  setStop,
  stopOf,
  titleOf,
} from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { studioIcon } from './icons.ts';
import { narration } from './narration.ts';
import { button, iconButton, line, numeral, section, select } from './parts.ts';
import { stopWords, tourWords } from './words.ts';

const EASINGS: readonly Easing[] = ['smooth', 'linear', 'cut'];
const MOST_POINTS = 24; // as heritage/model/limits.py has it
const BOX_MARGIN_M = 0.3; // around the places that were pressed

export function stopForm(studio: Studio, editing: Editing): Part {
  const { t, language } = studio.state;
  const stop = stopOf(editing.now, editing.stop);
  if (!stop) return nothing;
  const monument = studio.sources(editing)?.monument ?? null;
  const title = titleOf(editing.now, stop.id, language);
  return html`<div class="form-head">
      <h2 tabindex="-1">${title}</h2>
      <div class="buttons">
        ${button({
          text: t('stop.duplicate'),
          icon: icon('copy'),
          press: () => {
            const made = duplicateStop(editing.now, stop.id);
            editing.do(made.tour, { key: 'step.duplicate' });
            editing.choose(made.id);
          },
        })}
        ${button({
          text: t('stop.remove'),
          icon: icon('trash'),
          kind: 'danger',
          disabled: editing.now.tour.stops.length < 2,
          press: () => editing.do(removeStop(editing.now, stop.id), { key: 'step.remove' }),
        })}
      </div>
    </div>
    ${findings(studio, editing, stop.id)} ${section(t('group.words'), stopWords(studio, editing))}
    ${section(t('group.shown'), shown(studio, editing, stop, monument))}
    ${section(t('group.view'), view(studio, editing, stop, monument))}
    ${section(t('group.time'), time(studio, editing, stop))}
    ${section(t('group.more'), more(studio, editing, stop), false)}
    ${section(t('group.tour'), html`${tourWords(studio, editing)}`, false)}`;
}

function findings(studio: Studio, editing: Editing, id: string): Part {
  const { t } = studio.state;
  if (editing.findings === 'waiting' || editing.findings === 'failed') return nothing;
  const own = editing.findings.filter((f) => f.stop === id);
  if (own.length === 0) return nothing;
  return html`<ul class="findings" aria-label=${t('findings')}>
    ${own.map((f) => html`<li>${icon('warning')}<span>${f.message}</span></li>`)}
  </ul>`;
}

const keyOf = (shown: Shown | undefined): string => shown?.epoch ?? shown?.state ?? '';

function asShown(monument: MonumentEntry, id: string): Shown {
  const found = shownById(monument, id);
  return found?.epoch ? { epoch: found.epoch } : { state: id };
}

function shown(studio: Studio, editing: Editing, stop: Stop, monument: MonumentEntry | null): Part {
  const { t } = studio.state;
  if (!monument || !studio.scene) return html`<p class="quiet">${t('scene.wanted')}</p>`;
  const { state } = studio.scene.app;
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
    ${button({ text: t('explore'), icon: studioIcon('hand'), press: () => studio.go('explore') })}
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
  const now = studio.scene?.now();
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
  studio.go('make');
}

function view(studio: Studio, editing: Editing, stop: Stop, monument: MonumentEntry | null): Part {
  const { t, picking, flight, frames } = studio.state;
  const { scene } = studio;
  if (!scene || !monument) return html`<p class="quiet">${t('scene.wanted')}</p>`;
  const set = (view: Pose | undefined) => editing.set(stop.id, { view }, t('group.view'));
  const pose = stop.view ?? null;
  const present = (): Pose => scene.now()!.view;
  const fit = pose?.fit_m;
  const outwards = (p: readonly number[], round: (v: number) => number) =>
    p.map((v) => round(v * 10) / 10) as unknown as Vec3;
  const whole: [Vec3, Vec3] = [
    outwards(monument.bounds.min, Math.floor),
    outwards(monument.bounds.max, Math.ceil),
  ];
  return html`<div class="buttons">
      ${button({
        kind: 'main',
        text: t('view.present'),
        icon: icon('crosshair'),
        press: () => set({ ...present(), ...(fit ? { fit_m: fit } : {}) }),
      })}
      ${button({
        text: t('view.target'),
        pressed: picking === 'target',
        press: () =>
          studio.pick('target', (at) =>
            set({ ...(stopOf(editing.now, stop.id)?.view ?? present()), target_m: at as Vec3 }),
          ),
      })}
    </div>
    ${picking ? html`<p class="hint" role="status">${t(`pick.${picking}`)}</p>` : nothing}
    <p class="quiet">${pose ? t('view.is', { eye: pose.eye_m.join(', '), target: pose.target_m.join(', ') }) : t('view.default')}</p>
    <div class="row">
      ${numeral(
        t('view.fov'),
        pose?.fov_deg ?? null,
        { min: 10, max: 120, step: 1, unit: '°', placeholder: '50' },
        (fov) => {
          const { fov_deg: _fov, ...rest } = pose ?? present();
          editing.set(
            stop.id,
            { view: fov === null ? rest : { ...rest, fov_deg: fov } },
            t('group.view'),
            'fov',
          );
        },
      )}
    </div>
    <fieldset class="box">
      <legend>${t('fit')}</legend>
      <p class="quiet">${t('fit.help')}</p>
      <div class="buttons">
        ${button({ text: t('fit.whole'), press: () => set({ ...(pose ?? present()), fit_m: whole }) })}
        ${button({
          text: fit ? t('fit.more') : t('fit.press'),
          pressed: picking === 'fit',
          press: () =>
            studio.pick('fit', (at) =>
              set(withPlace(stopOf(editing.now, stop.id)?.view ?? present(), at as Vec3)),
            ),
        })}
        ${
          fit
            ? button({
                text: t('fit.none'),
                press: () => {
                  const { fit_m: _fit, ...rest } = pose!;
                  set(rest);
                },
              })
            : nothing
        }
      </div>
    </fieldset>
    ${
      frames
        ? html`<div class="frames">
            <figure>${frames.phone}<figcaption>${t('frame.phone')}</figcaption></figure>
            <figure>${frames.desktop}<figcaption>${t('frame.desktop')}</figcaption></figure>
          </div>`
        : nothing
    }
    <div class="row">
      ${numeral(
        t('move.seconds'),
        stop.move?.seconds ?? DEFAULT_MOVE_S,
        { min: 0, max: 60, step: 0.5, unit: 's' },
        (seconds) =>
          editing.set(
            stop.id,
            { move: { ...stop.move, seconds: seconds ?? DEFAULT_MOVE_S } },
            t('move.seconds'),
            'move',
          ),
      )}
      ${select(
        t('move.easing'),
        stop.move?.easing ?? 'smooth',
        EASINGS.map((e) => ({ value: e, text: t(`easing.${e}`) })),
        (easing) =>
          editing.set(stop.id, { move: { ...stop.move, easing: easing as Easing } }, t('move.easing')),
      )}
    </div>
    ${button({ text: t('flight'), pressed: flight, press: () => studio.showFlight(!flight) })}
    ${stop.move?.easing === 'cut' || editing.now.tour.stops[0] === stop ? nothing : flightPoints(studio, editing, stop)}`;
}

/** The points a flight bends towards, each set by flying there. */
function flightPoints(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t } = studio.state;
  const scene = studio.scene!;
  const points = stop.move?.via ?? [];
  const set = (via: readonly FlightPoint[]) => {
    const { via: _before, ...rest } = stop.move ?? {};
    const move = via.length > 0 ? { ...rest, via } : rest;
    editing.set(stop.id, { move: Object.keys(move).length > 0 ? move : undefined }, t('via'));
  };
  const here = (): FlightPoint[] => {
    const pose = scene.present();
    return pose ? [{ eye_m: pose.eye_m, target_m: pose.target_m }] : [];
  };
  return html`<fieldset class="box">
    <legend>${t('via')}</legend>
    <p class="quiet">${points.length > 0 ? t('via.drawn') : t('via.found')}</p>
    <ol class="via">
      ${points.map(
        (one, k) => html`<li>
          <span>${k + 1}</span>
          ${button({ text: t('via.go'), label: t('via.go.to', { n: k + 1 }), press: () => scene.visit(one) })}
          ${button({
            text: t('via.here'),
            label: t('via.here.to', { n: k + 1 }),
            press: () => set(points.flatMap((other, n) => (n === k ? here() : [other]))),
          })}
          ${iconButton(icon('trash'), t('via.remove', { n: k + 1 }), () => set(points.filter((_, n) => n !== k)))}
        </li>`,
      )}
    </ol>
    ${button({
      icon: icon('plus'),
      text: t('via.add'),
      disabled: points.length >= MOST_POINTS,
      press: () => set([...points, ...here()]),
    })}
  </fieldset>`;
}

/** The pose with its box grown around a place. */
function withPlace(pose: Pose, at: Vec3): Pose {
  const low = at.map((v) => v - BOX_MARGIN_M) as unknown as Vec3;
  const high = at.map((v) => v + BOX_MARGIN_M) as unknown as Vec3;
  const [a, b] = pose.fit_m ?? [low, high];
  const round = (p: readonly number[]) => p.map((v) => Math.round(v * 100) / 100) as unknown as Vec3;
  return {
    ...pose,
    fit_m: [round(a.map((v, k) => Math.min(v, low[k]!))), round(b.map((v, k) => Math.max(v, high[k]!)))],
  };
}

function time(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t, language } = studio.state;
  const sources = studio.sources(editing);
  const spoken = studio.languages.includes(language) ? language : (studio.languages[0] ?? '');
  const free = sources
    ? dwellOf(editing.now, { ...stop, dwell_s: undefined } as Stop, spoken, sources)
    : null;
  return html`<div class="row">
      ${numeral(
        t('dwell'),
        stop.dwell_s ?? null,
        {
          min: 0,
          max: 600,
          step: 0.5,
          unit: 's',
          placeholder: free === null ? '' : String(Math.round(free * 10) / 10),
        },
        (seconds) => editing.set(stop.id, { dwell_s: seconds ?? undefined }, t('dwell'), 'dwell'),
      )}
    </div>
    <p class="quiet">${t('dwell.help')}</p>
    ${studio.languages.map((l) => html`<div class="voice"><h3>${languageName(l)}</h3>${narration(studio, editing, stop, l)}</div>`)}`;
}

function more(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t } = studio.state;
  const { wanted } = renaming;
  const problem = wanted && wanted.stop === stop.id ? idProblem(editing.now, stop.id, wanted.to) : null;
  const value = wanted?.stop === stop.id ? wanted.to : stop.id;
  return html`${line(t('stop.id'), value, (to) => {
    renaming.wanted = { stop: stop.id, to };
    studio.onState();
  })}
    ${problem ? html`<p class="problem" role="alert">${t(`id.${problem}`)}</p>` : nothing}
    ${button({
      text: t('stop.rename'),
      disabled: problem !== null || value === stop.id,
      press: () => {
        renaming.wanted = null;
        editing.do(renameStop(editing.now, stop.id, value), { key: 'step.rename' });
        editing.choose(value);
      },
    })}
    <p class="quiet">${t('stop.id.help')}</p>`;
}

/** An id that is being typed. */
const renaming: { wanted: { stop: string; to: string } | null } = { wanted: null };
