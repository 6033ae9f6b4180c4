/** A form's field in words. */
import type { Property } from '../core/schema.ts';
import type { Studio } from '../studio.ts';

const spoken = (key: string): string => {
  const words = key.replace(/_(m|deg|s|mb)$/, ' ($1)').replaceAll('_', ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
};

/** What a field is called and what it means, and the language that is said in, where it is not the interface's. */
export function said({ state }: Studio, { key, name, description }: Property) {
  const { label, help } = state.fields[name] ?? {};
  const lang = label || state.language === 'en' ? null : 'en';
  return { label: label ?? spoken(key), help: help ?? description, lang };
}
