/** The section of a tour's stop: in the scene, and as a drawing beside the words. Fetched with the workbench's panels. */
import './stopSection.css';
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import { idOf, monumentOf } from '../app/state.ts';
import { formatLook } from '../core/look.ts';
import type { MonumentEntry, SectionEntry, StopEntry } from '../core/release.ts';
import { formatRoute } from '../core/route.ts';
import { cutOf, formatCut, planeMark, planeOf } from '../core/section.ts';
import { corners, type Vec3 } from '../core/vec.ts';
import { icon } from './icons.ts';
import { type Part, standing } from './parts.ts';

/** Show the plane and where it cuts the surface, or take both away. */
export function showSection(app: App, monument: MonumentEntry, section: SectionEntry | null): void {
  const plane = section && planeOf(cutOf(section.plane));
  app.view?.conditions.cut(monument, plane);
  const box = corners([monument.bounds.min as Vec3, monument.bounds.max as Vec3]);
  app.set({ marks: plane ? [planeMark(plane, box)] : [] });
}

/** What is cut, drawn to scale, and the way to the tool that moves the plane. */
export function drawing(app: App, stop: StopEntry): Part {
  const { state } = app;
  const { section } = stop;
  const monument = monumentOf(state);
  const picture = section && (section.pictures[state.language] ?? Object.values(section.pictures)[0]);
  if (!section || !monument || !picture) return nothing;
  const sides = stop.compare ? [stop.compare.left, stop.compare.right] : stop.show ? [stop.show] : [];
  const shown = sides.map((side) => standing(state, monument, side).text).join('; ');
  const look = formatLook({ cut: formatCut(cutOf(section.plane)), conditions: sides.map(idOf) });
  const tool = formatRoute({ view: 'section', monument: monument.id }) + look;
  return html`<figure class="stop-section">
    <img src=${state.base + picture} alt="${state.t('tour.section')}: ${shown}" />
    <figcaption class="quiet">${state.t('tour.section')}: ${shown}. <a href=${tool}>${icon('section')}${state.t('tour.section.open')}</a></figcaption>
  </figure>`;
}
