/** Small pieces that the studio's panels share. */
import { html, nothing, type TemplateResult } from 'lit';
import { datesIn } from '../../core/format.ts';
import type { Part } from '../../ui/parts.ts';

export interface Button {
  text: string;
  icon?: TemplateResult;
  press: () => void;
  kind?: 'main' | 'quiet' | 'danger';
  disabled?: boolean;
  pressed?: boolean;
  /** Where the words alone do not say enough. */
  label?: string;
}

export const button = ({ text, icon, press, kind, disabled, pressed, label }: Button): Part => html`<button
  type="button"
  class="button ${kind ?? ''}"
  ?disabled=${disabled ?? false}
  aria-pressed=${pressed === undefined ? nothing : String(pressed)}
  aria-label=${label ?? nothing}
  @click=${press}
>${icon ?? nothing}<span>${text}</span></button>`;

/** A button of an icon alone; its name is read out and shown on hover. */
export const iconButton = (
  icon: TemplateResult,
  label: string,
  press: () => void,
  more: { disabled?: boolean; className?: string; pressed?: boolean; keys?: string } = {},
): Part => html`<button
  type="button"
  class="tool ${more.className ?? ''}"
  aria-label=${label}
  title=${more.keys ? `${label} (${more.keys})` : label}
  aria-pressed=${more.pressed === undefined ? nothing : String(more.pressed)}
  ?disabled=${more.disabled ?? false}
  @click=${press}
>${icon}</button>`;

export interface Option {
  value: string;
  text: string;
}

export const select = (
  label: string,
  value: string,
  options: readonly Option[],
  take: (value: string) => void,
): Part => html`<label
  class="field"
  ><span>${label}</span>
  <select .value=${value} @change=${(event: Event) => take((event.target as HTMLSelectElement).value)}>
    ${options.map((o) => html`<option value=${o.value} ?selected=${o.value === value}>${o.text}</option>`)}
  </select></label
>`;

/** A number with its unit; what is no number in the range is not taken over. */
export const numeral = (
  label: string,
  value: number | null,
  {
    min,
    max,
    step,
    unit,
    placeholder,
  }: { min: number; max: number; step: number; unit: string; placeholder?: string },
  take: (value: number | null) => void,
): Part => html`<label class="field"
  ><span>${label}</span>
  <span class="with-unit"
    ><input
      type="number"
      inputmode="decimal"
      min=${min}
      max=${max}
      step=${step}
      placeholder=${placeholder ?? nothing}
      .value=${value === null ? '' : String(value)}
      @input=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        if (input.value === '') take(null);
        else if (input.checkValidity()) take(Number(input.value));
      }}
    /><span aria-hidden="true">${unit}</span></span
  ></label
>`;

export const line = (
  label: string,
  value: string,
  take: (value: string) => void,
  more: { placeholder?: string; lang?: string; readonly?: boolean } = {},
): Part => html`<label class="field"
  ><span>${label}</span>
  <input
    type="text"
    lang=${more.lang ?? nothing}
    placeholder=${more.placeholder ?? nothing}
    ?readonly=${more.readonly ?? false}
    .value=${value}
    @input=${(event: Event) => take((event.target as HTMLInputElement).value)}
/></label>`;

/** A part of a form that can be folded. */
export const section = (
  title: string,
  body: Part,
  open = true,
): Part => html`<details class="group" ?open=${open}>
  <summary>${title}</summary>
  <div class="group-body">${body}</div>
</details>`;

/** A moment as people read it, of an ISO time or of seconds since 1970. */
export const moment = (at: string | number, language: string): string =>
  new Intl.DateTimeFormat(datesIn(language), { dateStyle: 'medium', timeStyle: 'short' }).format(
    typeof at === 'number' ? at * 1000 : new Date(at),
  );

/** A value as people read it: a mapping as lines, numbers beside each other. */
export function plainly(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const flat = value.every((one) => typeof one !== 'object');
    return value.map(plainly).join(flat ? ', ' : '\n');
  }
  return Object.entries(value)
    .map(([key, one]) => {
      const text = plainly(one);
      return text.includes('\n') ? `${key}:\n${text.replace(/^/gm, '  ')}` : `${key}: ${text}`;
    })
    .join('\n');
}
