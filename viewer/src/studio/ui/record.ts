/** A form that is made of a document's schema: it can say what the document can, and a mistake is told where it is. */
import { html, nothing } from 'lit';
import { languageName } from '../../core/i18n.ts';
import { icon } from '../../ui/icons.ts';
import type { Part } from '../../ui/parts.ts';
import { sentence } from '../core/saver.ts';
import {
  blankOf,
  type Control,
  controlOf,
  nameOf,
  type Path,
  type Property,
  placeOf,
  type Schema,
} from '../core/schema.ts';
import type { Json } from '../core/tour.ts';
import type { Recording } from '../recording.ts';
import type { Studio } from '../studio.ts';
import { said } from './fieldWords.ts';
import { button, iconButton } from './parts.ts';

interface Place {
  studio: Studio;
  record: Recording;
  path: Path;
  schema: Schema;
  value: Json | undefined;
  label: string;
}

export function recordForm(studio: Studio, record: Recording): Part {
  const { t } = studio.state;
  const { schema, saver } = record;
  const known = new Set(Object.keys(schema.properties ?? {}));
  // What no field on the page is about is told above them.
  const rest = saver.problems.filter((p) => !known.has(placeOf(p.found).split(/[.[]/)[0] ?? ''));
  const control = controlOf(schema, schema, record.now);
  return html`<main class="documents record">
    ${rest.length > 0 ? html`<ul class="findings">${rest.map((p) => html`<li>${icon('warning')}<span>${sentence(p)}</span></li>`)}</ul>` : nothing}
    ${
      control.kind === 'object'
        ? properties({ studio, record, path: [], schema, value: record.now, label: '' }, control.properties)
        : nothing
    }
    <p class="quiet">${t('record.help')}</p>
  </main>`;
}

function properties(place: Place, all: readonly Property[]): Part {
  const { studio, record, path } = place;
  const { t } = studio.state;
  const mapping = (place.value ?? {}) as Record<string, Json>;
  const shown = all.filter((p) => p.required || Object.hasOwn(mapping, p.key));
  const absent = all.filter((p) => !shown.includes(p));
  return html`${shown.map((p) =>
    property(
      {
        ...place,
        path: [...path, p.key],
        schema: p.schema,
        value: mapping[p.key],
        label: said(studio, p).label,
      },
      p,
    ),
  )}
  ${
    absent.length > 0
      ? html`<label class="field add"
          ><span class="visually-hidden">${t('record.add.to', { what: place.label || t('record.whole') })}</span>
          <select
            @change=${(event: Event) => {
              const select = event.target as HTMLSelectElement;
              const found = absent.find((p) => p.key === select.value);
              select.value = '';
              if (found)
                record.put(
                  [...path, found.key],
                  blankOf(found.schema, record.schema, studio.firstLanguage),
                  said(studio, found).label,
                );
            }}
          >
            <option value="">${t('record.add')}</option>
            ${absent.map((p) => {
              const { label, help, lang } = said(studio, p);
              return html`<option value=${p.key} title=${help} lang=${lang ?? nothing}>${label}</option>`;
            })}
          </select></label
        >`
      : nothing
  }`;
}

function property(place: Place, own: Property): Part {
  const { studio, record, path, label } = place;
  const name = nameOf(path);
  const problem = record.problemAt(name);
  const control = controlOf(place.schema, record.schema, place.value);
  const inner =
    control.kind === 'object' ||
    control.kind === 'list' ||
    control.kind === 'words' ||
    control.kind === 'numbers';
  const { help: meaning, lang } = said(studio, own);
  const spokenIn = lang ?? nothing;
  const remove = own.required
    ? nothing
    : iconButton(
        icon('close'),
        studio.state.t('take.away', { what: label }),
        () => record.put(path, undefined, label),
        {
          className: 'remove',
        },
      );
  const told = meaning ? `about-${name}` : null;
  const help = told ? html`<p class="quiet" lang=${spokenIn} id=${told}>${meaning}</p>` : nothing;
  const wrong = problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing;
  return inner
    ? html`<fieldset class="record-group" data-field=${name}>
        <legend lang=${spokenIn}>${label}</legend>
        ${remove} ${help} ${wrong} ${body(place, control, told)}
      </fieldset>`
    : html`<div class="record-line" data-field=${name}>
        <label class="field"><span lang=${spokenIn}>${label}</span>${body(place, control, told)}</label>
        ${remove} ${help} ${wrong}
      </div>`;
}

function body(place: Place, control: Control, about: string | null): Part {
  const told = about ?? nothing;
  const { studio, record, path, value, label } = place;
  const set = (next: Json) => record.put(path, next, label);
  const text = typeof value === 'string' ? value : '';
  switch (control.kind) {
    case 'text':
      return control.long
        ? html`<textarea rows="5" aria-describedby=${told} .value=${text} @input=${(e: Event) => set(of(e))}></textarea>`
        : html`<input type="text" aria-describedby=${told} .value=${text} @input=${(e: Event) => set(of(e))} />`;
    case 'date':
      return html`<input type="date" aria-describedby=${told} .value=${text} @input=${(e: Event) => of(e) && set(of(e))} />`;
    case 'number':
      return html`<input
        type="number"
        step=${control.whole ? 1 : 'any'}
        aria-describedby=${told}
        .value=${value === undefined ? '' : String(value)}
        @input=${(e: Event) => of(e) !== '' && set(Number(of(e)))}
      />`;
    case 'switch':
      return html`<input type="checkbox" aria-describedby=${told} .checked=${value === true} @change=${(e: Event) => set((e.target as HTMLInputElement).checked)} />`;
    case 'choice':
      return html`<select aria-describedby=${told} .value=${text} @change=${(e: Event) => set(of(e))}>
        ${control.options.map((o) => html`<option value=${o} ?selected=${o === text}>${o}</option>`)}
      </select>`;
    case 'words':
      return words(place, control.long);
    case 'numbers':
      return html`<div class="row">
        ${Array.from({ length: control.count }, (_, k) => {
          const list = Array.isArray(value) ? (value as readonly number[]) : [];
          return html`<label class="field"><span>${'xyz'[k]}</span
            ><input type="number" step="any" .value=${String(list[k] ?? 0)} @input=${(e: Event) => {
              if (of(e) === '') return;
              set(
                Array.from({ length: control.count }, (_, n) => (n === k ? Number(of(e)) : (list[n] ?? 0))),
              );
            }} /></label>`;
        })}
      </div>`;
    case 'object':
      return html`${properties(place, control.properties)}`;
    case 'list':
      return list(place, control.item);
    case 'raw':
      return html`<textarea
        rows="4"
        aria-describedby=${told}
        .value=${JSON.stringify(value ?? {}, null, 2)}
        @change=${(e: Event) => {
          try {
            set(JSON.parse(of(e)) as Json);
          } catch {
            studio.set({ notice: studio.state.t('record.json') });
          }
        }}
      ></textarea>`;
  }
}

const of = (event: Event): string =>
  (event.target as HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement).value;

/** One line for each language of the site, and for those that are there besides. */
function words({ studio, record, path, value, label }: Place, long: boolean): Part {
  const said = (typeof value === 'object' && value && !Array.isArray(value) ? value : {}) as Record<
    string,
    string
  >;
  const languages = [...new Set([...studio.siteLanguages, ...Object.keys(said)])];
  const set = (language: string, text: string) => record.put([...path, language], text || undefined, label);
  return html`${languages.map((l) => {
    const field = long
      ? html`<textarea rows="5" lang=${l} .value=${said[l] ?? ''} @input=${(e: Event) => set(l, of(e))}></textarea>`
      : html`<input type="text" lang=${l} .value=${said[l] ?? ''} @input=${(e: Event) => set(l, of(e))} />`;
    return html`<label class="field"><span>${languageName(l)}</span>${field}</label>`;
  })}`;
}

function list(place: Place, item: Schema): Part {
  const { studio, record, path, label } = place;
  const { t } = studio.state;
  const all = Array.isArray(place.value) ? (place.value as readonly Json[]) : [];
  return html`${all.map((value, k) => {
    const own: Place = { ...place, path: [...path, k], schema: item, value, label: `${label} ${k + 1}` };
    const control = controlOf(item, record.schema, value);
    const title = (value as { id?: string } | null)?.id ?? String(k + 1);
    const remove = iconButton(
      icon('trash'),
      t('take.away', { what: `${label} ${title}` }),
      () => record.put(own.path, undefined, label),
      {
        className: 'remove',
      },
    );
    const problem = record.problemAt(nameOf(own.path));
    return control.kind === 'object'
      ? html`<details class="group item" ?open=${all.length < 3 || problem !== null}>
            <summary>${title}</summary>
            ${remove} ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
            ${properties(own, control.properties)}
          </details>`
      : html`<div class="record-line">
            <label class="field"><span>${title}</span>${body(own, control, null)}</label>${remove}
            ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
          </div>`;
  })}
    ${button({
      icon: icon('plus'),
      text: t('record.more', { what: label }),
      press: () =>
        record.put([...path, all.length], blankOf(item, record.schema, studio.firstLanguage), label),
    })}`;
}
