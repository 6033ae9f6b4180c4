/** Two revisions side by side, field by field. */
import { html } from 'lit';
import { languageName } from '../../core/i18n.ts';
import type { Part } from '../../ui/parts.ts';
import { type Fields, same, stopOfField } from '../core/fields.ts';
import { Recording } from '../recording.ts';
import type { Studio } from '../studio.ts';
import { labelOf } from './fieldWords.ts';
import { plainly } from './parts.ts';

const NAMED = new Set([
  'show',
  'compare',
  'section',
  'view',
  'place',
  'sun',
  'move',
  'dwell_s',
  'narration',
  'captions',
  'annotations',
  'accept',
  'title',
  'text',
  'introduction',
  'order',
  'monument',
]);

/** What a field is called on the page, its stop apart. */
export function fieldName(studio: Studio, field: string): string {
  const { t, record } = studio.state;
  if (record instanceof Recording) return labelOf(studio, record.schema, field);
  const path = field.split('/');
  const language = path[0] === 'words' ? ` (${languageName(path[1]!)})` : '';
  const rest =
    path[0] === 'words'
      ? path.slice(path[2] === 'stops' ? 4 : 2)
      : path[0] === 'stops'
        ? path.slice(2)
        : path;
  const key = rest[0];
  if (!key) return t('field.stop');
  const deeper = rest.length > 1 ? ` ${rest.slice(1).join(' ')}` : '';
  return (NAMED.has(key) ? t(`field.${key}`) : key) + deeper + language;
}

export function difference(
  studio: Studio,
  before: Fields,
  after: Fields,
  titleOf: (stop: string) => string,
): Part {
  const { t } = studio.state;
  const fields = [...new Set([...before.keys(), ...after.keys()])].filter(
    (f) => !same(before.get(f), after.get(f)),
  );
  if (fields.length === 0) return html`<p class="quiet">${t('difference.none')}</p>`;
  return html`<table class="difference">
    <thead>
      <tr>
        <th scope="col">${t('difference.field')}</th>
        <th scope="col">${t('difference.then')}</th>
        <th scope="col">${t('difference.now')}</th>
      </tr>
    </thead>
    <tbody>
      ${fields.map((field) => {
        const stop = stopOfField(field);
        return html`<tr>
          <th scope="row">${stop ? `${titleOf(stop)}: ` : ''}${fieldName(studio, field)}</th>
          <td><pre>${plainly(before.get(field))}</pre></td>
          <td><pre>${plainly(after.get(field))}</pre></td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}
