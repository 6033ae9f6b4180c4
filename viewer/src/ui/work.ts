/** The panels of the workbench, fetched when one is first opened. */
import './work.css';
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { MonumentEntry } from '../core/release.ts';
import type { Work } from '../core/route.ts';
import { elevationBody } from './elevation.ts';
import { mappingBody } from './mapping.ts';
import { measureBody } from './measure.ts';
import { type Bands, crumb, href, told } from './parts.ts';
import { sectionBody } from './section.ts';

export function workPanel(app: App, monument: MonumentEntry, work: Work): Bands {
  const { state, bench } = app;
  const { t } = state;
  const body = { measure: measureBody, section: sectionBody, elevation: elevationBody, mapping: mappingBody }[
    work
  ];
  return {
    label: t(`work.${work}`),
    head: html`${crumb(href({ view: 'monument', monument: monument.id }), told(state, monument.title))}
      <h1 tabindex="-1">${t(`work.${work}`)}</h1>`,
    // What is there of another monument is no picture of this one.
    body:
      bench?.of(work).monument === monument
        ? body(app, bench, monument)
        : html`<p class="quiet">${t('loading')}</p>`,
    foot: nothing,
  };
}

export { drawing, showSection } from './stopSection.ts';
