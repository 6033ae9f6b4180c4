/** A form's field in words. */
import { languageName } from '../../core/i18n.ts';
import { controlOf, type Property, type Schema } from '../core/schema.ts';
import type { Studio } from '../studio.ts';

const spoken = (key: string): string => {
  const words = key.replace(/_(m|deg|s|mb)$/, ' ($1)').replaceAll('_', ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
};

/** What a field is called and what it means, and the language that is said in, where it is not the interface's. */
export function said({ state }: Pick<Studio, 'state'>, { key, name, description }: Property) {
  const { label, help } = state.fields[name] ?? {};
  const lang = label || state.language === 'en' ? null : 'en';
  return { label: label ?? spoken(key), help: help ?? description, lang };
}

/** A record's field, `epochs` or `title/vi`, as its form calls it. */
export function labelOf(studio: Pick<Studio, 'state'>, root: Schema, field: string): string {
  let schema: Schema = root;
  let label = '';
  for (const key of field.split('/')) {
    // What has fields within is a mapping, whatever else it could be.
    const control = controlOf(schema, root, {});
    const own = control.kind === 'object' ? control.properties.find((p) => p.key === key) : undefined;
    schema = own?.schema ?? {};
    if (control.kind === 'words') label += ` (${languageName(key)})`;
    else label += (label && ': ') + (own ? said(studio, own).label : key);
  }
  return label;
}
