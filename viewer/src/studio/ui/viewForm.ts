/** From where a stop is seen, what must stay in view on any screen, and how the camera comes there. */
import { html, nothing } from 'lit';
import type { Easing } from '../../core/path.ts';
import type { MonumentEntry } from '../../core/release.ts';
import type { Vec3 } from '../../core/vec.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { DEFAULT_MOVE_S, type FlightPoint, type Pose, type Stop, stopOf } from '../core/tour.ts';
import type { Editing } from '../editing.ts';
import type { Studio } from '../studio.ts';
import { button, iconButton, numeral, select } from './parts.ts';

const EASINGS: readonly Easing[] = ['smooth', 'linear', 'cut'];
const MOST_POINTS = 24; // as heritage/model/limits.py has it
const BOX_MARGIN_M = 0.3; // around the places that were pressed

export function viewForm(studio: Studio, editing: Editing, stop: Stop, monument: MonumentEntry | null): Part {
  const { t, picking, flight, frames } = studio.state;
  const { scene } = studio.staging;
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
          studio.staging.pick('target', (at) =>
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
            studio.staging.pick('fit', (at) =>
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
    ${button({ text: t('flight'), pressed: flight, press: () => studio.staging.showFlight(!flight) })}
    ${stop.move?.easing === 'cut' || editing.now.tour.stops[0] === stop ? nothing : flightPoints(studio, editing, stop)}`;
}

/** The points a flight bends towards, each set by flying there. */
function flightPoints(studio: Studio, editing: Editing, stop: Stop): Part {
  const { t } = studio.state;
  const scene = studio.staging.scene!;
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
