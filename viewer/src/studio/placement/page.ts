/** A monument's place: candidates on the map with their figures, moved, refined, pinned by control points, decided. */
import { html, nothing } from 'lit';
import { date, figure, metres } from '../../core/format.ts';
import type { PlacementReason } from '../../core/release.ts';
import type { Vec3 } from '../../core/vec.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import '../../ui/placementWhy.ts';
import type { Page } from '../pages.ts';
import type { Recording } from '../recording.ts';
import type { Studio } from '../studio.ts';
import { button, numeral, section } from '../ui/parts.ts';
import './placement.css';
import './placeMap.ts';
import './placeScene.ts';
import { Placing } from './placing.ts';
import { pointsForm } from './points.ts';
import { figuresTable, wallsTable } from './tables.ts';

export function open(studio: Studio): Page {
  const placing = new Placing(studio, studio.state.record as Recording);
  let explored: unknown = null;
  let shown = placing.status;
  placing.onChange = () => {
    studio.onState();
    if (shown === placing.status) return;
    shown = placing.status;
    // The heading that had the focus gave way to the tool's own.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body)
        document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    });
  };
  return {
    render: () => {
      const { scene } = studio.staging;
      // The scene comes with its release; it begins at the site and is led to the monument once.
      if (scene && explored !== scene && placing.entry && scene.app.view) {
        explored = scene;
        queueMicrotask(() => void placing.toScene());
      }
      return page(placing);
    },
    end: () => placing.end(),
  };
}

function page(placing: Placing): Part {
  const { t } = placing.studio.state;
  const head = html`<h1 tabindex="-1">${t('page.placement')}</h1>`;
  if (placing.status !== 'ready')
    return html`<main class="documents">${head}<p>${t(placing.status === 'loading' ? 'waiting' : 'place.none')}</p></main>`;
  const { beside, pins, trials } = placing;
  return html`<main class="placement ${beside ? 'beside' : ''}">
    <section class="place-views" aria-label=${t('place.map')}>
      <heritage-place-map .placing=${placing}></heritage-place-map>
      ${beside ? html`<div class="stage"><heritage-place-scene .placing=${placing}></heritage-place-scene></div>` : nothing}
      ${pins.asking ? html`<p class="place-ask" role="status">${icon('crosshair')}<span>${t(`place.ask.${pins.asking}`)}</span></p>` : nothing}
    </section>
    <aside class="place-form" aria-label=${t('page.placement')}>
      ${head} ${standing(placing)} ${legend(placing)}
      ${section(t('place.candidates'), figuresTable(placing))}
      ${section(t('place.move'), moving(placing))}
      ${section(
        t('place.points'),
        html`${pointsForm(placing)} ${trials.asked === 'gcp' ? outcome(placing) : nothing}`,
        pins.pairs.length > 0 || pins.asking !== null,
      )}
      ${section(t('place.decide'), deciding(placing))}
      <p class="visually-hidden" role="status">${placing.said}</p>
    </aside>
  </main>`;
}

/** What the release says of the place, and what has been decided since. */
function standing(placing: Placing): Part {
  const { t, language } = placing.studio.state;
  const { placement } = placing.entry!;
  const { decided } = placing.registration;
  const same = decided && JSON.stringify(decided) === JSON.stringify(onlyGiven(placement.decided));
  return html`${
    placement.settled
      ? html`<p>${icon('check')} ${t('place.settled')}</p>`
      : decided
        ? nothing
        : html`<p class="problem">${icon('warning')} ${t('place.unsettled')}</p>`
  }
  ${
    decided
      ? html`<p><strong>${t('place.decided', { by: decided.by, when: date(decided.when, language) })}</strong>
          ${decided.note ?? ''} ${same ? nothing : t('place.decided.next')}</p>`
      : nothing
  }
  ${why(placement.reasons, language)}`;
}

const why = (reasons: readonly PlacementReason[] | undefined, language: string): Part =>
  html`<heritage-placement-why class="quiet" .reasons=${reasons ?? []} .language=${language}></heritage-placement-why>`;

const onlyGiven = (mapping: object | null): object | null =>
  mapping && Object.fromEntries(Object.entries(mapping).filter(([, value]) => value !== null));

function legend({ studio, standing }: Placing): Part {
  const { t } = studio.state;
  return html`<ul class="place-legend">
    <li class="tried">${t('place.legend.tried')}</li>
    <li class="present">${t('place.legend.present')}</li>
    ${standing.plan.places.length > 1 ? html`<li class="other">${t('place.legend.other')}</li>` : nothing}
    <li class="plan">${t('place.legend.plan')}</li>
  </ul>`;
}

function moving(placing: Placing): Part {
  const { t, language } = placing.studio.state;
  const { standing, trials } = placing;
  const { plan, chosen } = standing;
  const { crs_m, heading_deg } = standing.pose;
  const field = (label: string, k: 0 | 1 | 2) =>
    numeral(
      label,
      Number(crs_m[k].toFixed(2)),
      { min: -1e8, max: 1e8, step: 0.01, unit: 'm' },
      (value) =>
        value !== null && standing.put(crs_m.map((v, n) => (n === k ? value : v)) as unknown as Vec3),
    );
  const { found, busy } = trials;
  return html`<p class="quiet" id="place-keys">${t('place.keys')}</p>
    <div class="row">
      ${field(t('place.x'), 0)} ${field(t('place.y'), 1)} ${field(t('place.z'), 2)}
      ${numeral(
        t('place.heading'),
        Number(heading_deg.toFixed(2)),
        { min: -360, max: 360, step: 0.01, unit: '°' },
        (value) => value !== null && standing.turnToHeading(value),
      )}
    </div>
    <div class="buttons">
      ${button({ text: t('place.measure'), icon: icon('distance'), disabled: busy !== null || !placing.mayDecide, press: () => void placing.ask('measure') })}
      ${button({ text: t('place.refine'), icon: icon('near'), disabled: busy !== null || !placing.mayDecide || !placing.footprint, press: () => void placing.ask('refine') })}
    </div>
    ${trials.asked === 'gcp' ? nothing : outcome(placing)}
    ${chosen === null || found ? nothing : wallsTable(plan.places[chosen]!.walls, placing.studio)}
    <p class="quiet">${placing.footprint ? t('place.on', { footprint: placing.footprint }) : t('place.on.none')}
      ${plan.crs_error_m > 0.01 ? t('place.error', { error: metres(plan.crs_error_m, language) }) : nothing}</p>`;
}

/** What became of what was asked last. */
function outcome(placing: Placing): Part {
  const { t } = placing.studio.state;
  const { busy, problem, found } = placing.trials;
  return html`<div role="status">
      ${busy ? html`<p>${t('place.busy')}</p>` : nothing}
      ${problem ? html`<p class="problem">${problem}</p>` : nothing}
    </div>
    ${found ? answer(placing) : nothing}`;
}

/** What the machine has found, to be taken or left. */
function answer(placing: Placing): Part {
  const { t, language } = placing.studio.state;
  const { kind, trial } = placing.trials.found!;
  const place = trial.plan.places[0]!;
  const away = placing.standing.awayFrom(place.site_from_monument);
  const share = (value: number | null) => (value === null ? null : figure(value * 100, '%', language, 0));
  const fitted: [string, string | null][] = [
    [t('place.away'), metres(away.metres, language)],
    [t('place.turned'), figure(Number(away.deg.toFixed(2)) || 0, '°', language, 2)],
  ];
  const rows: [string, string | null][] = [
    ...(kind === 'measure' ? [] : fitted),
    [t('place.rms'), place.rms_m === null ? null : metres(place.rms_m, language)],
    [t('place.iou'), share(place.iou)],
    [t('place.cover'), share(place.cover)],
    [t('place.outside'), share(place.outside)],
    [t('place.sigma'), place.sigma_m === null ? t('place.unknown') : `± ${metres(place.sigma_m, language)}`],
  ];
  return html`<div class="place-answer" role="group" aria-label=${t(`place.found.${kind}`)}>
    <h3>${t(`place.found.${kind}`)}</h3>
    <table><tbody>
      ${rows.map(([name, value]) => (value === null ? nothing : html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`))}
    </tbody></table>
    ${trial.placement.settled ? nothing : html`<p class="problem">${icon('warning')} ${t('place.unsettled')}</p>`}
    ${why(trial.placement.reasons, language)}
    ${wallsTable(place.walls, placing.studio)}
    ${
      kind === 'measure'
        ? nothing
        : html`<div class="buttons">
            ${button({ kind: 'main', text: t('place.take'), icon: icon('check'), press: () => placing.take() })}
            ${button({ text: t('place.leave'), press: () => placing.leave() })}
          </div>`
    }
  </div>`;
}

function deciding(placing: Placing): Part {
  const { t } = placing.studio.state;
  return html`<label class="field"><span>${t('place.why')}</span>
      <textarea rows="2" .value=${placing.note} @input=${(event: Event) => {
        placing.note = (event.target as HTMLTextAreaElement).value;
      }}></textarea></label>
    <div class="buttons">
      ${button({ kind: 'main', text: t('place.here'), icon: icon('check'), disabled: !placing.mayDecide, press: () => placing.decide('place') })}
      ${
        placing.pins.controls >= 3
          ? button({
              text: t('place.by.points'),
              disabled: !placing.mayDecide,
              press: () => placing.decide('points'),
            })
          : nothing
      }
    </div>
    <p class="quiet">${t('place.here.help')}</p>`;
}
