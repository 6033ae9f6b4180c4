/** The sun over the map: a button; what is behind it is fetched when it is pressed. */
import { html, nothing } from 'lit';
import type { App } from '../app/app.ts';
import type { Later } from '../core/later.ts';
import { siteTime } from '../core/sun.ts';
import { icon } from './icons.ts';
import type { Part } from './parts.ts';
import type * as Sheet from './sunSheet.ts';

/** Whether the sheet is open, which only its element knows. */
const isOpen = () => document.querySelector<HTMLDetailsElement>('details.sun')?.open ?? false;

/** The button with its little sheet; nothing where there is no release yet. */
export function sunTool(app: App, sheet: Later<typeof Sheet>): Part {
  const { release, sun, t } = app.state;
  if (!release?.map) return nothing;
  const open = (event: Event) => {
    if (!(event.target as HTMLDetailsElement).open) return;
    app.shine(app.state.sun ?? siteTime(new Date(), release.frame.lon_deg));
  };
  const close = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    const details = event.currentTarget as HTMLDetailsElement;
    details.open = false;
    details.querySelector('summary')?.focus();
  };
  return html`<details class="sun" @toggle=${open} @keydown=${close}>
    <summary class="tool ${sun ? 'on' : ''}" aria-label=${t('sun')} title=${t('sun')}>${icon('sun')}</summary>
    ${isOpen() ? (sheet.get()?.sunSheet(app) ?? nothing) : nothing}
  </details>`;
}
