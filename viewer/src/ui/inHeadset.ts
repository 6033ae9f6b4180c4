/** The way into a headset, for panels: what asks the browser for one comes by itself. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { Part } from './parts.ts';

/** Nothing where the browser could not have one. */
export function inHeadset(app: App): Part {
  if (!('xr' in navigator)) return nothing;
  import('./vr.ts').catch(() => {}); // without it the page goes on as it is
  return html`<heritage-vr .app=${app} .language=${app.state.language}></heritage-vr>`;
}
