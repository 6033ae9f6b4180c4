/** The studio's own words, and the fields' of its forms; the visitors' catalogues hold none of them. */
import { type Translate, translator, type UiLanguage, uiLanguage, unbroken } from '../core/i18n.ts';

const CATALOGUES: Record<UiLanguage, () => Promise<{ default: Record<string, string> }>> = {
  vi: () => import('../../../assets/i18n/studio/vi.json'),
  en: () => import('../../../assets/i18n/studio/en.json'),
  fr: () => import('../../../assets/i18n/studio/fr.json'),
};

/** The studio's own words, in the nearest language there is. */
export async function wordsIn(language: string): Promise<Translate> {
  const { default: messages } = await CATALOGUES[uiLanguage(language)]();
  return translator(unbroken(messages));
}

/** What a form's fields are called and what they mean, by `Property.name`. */
export type FieldWords = Readonly<Record<string, { label: string; help: string }>>;

/** In English the documents' models say it themselves; fields that are not here are told in English everywhere. */
const FIELDS: Partial<Record<UiLanguage, () => Promise<{ default: FieldWords }>>> = {
  vi: () => import('../../../assets/i18n/studio/fields/vi.json'),
  fr: () => import('../../../assets/i18n/studio/fields/fr.json'),
};

export const fieldsIn = async (language: string): Promise<FieldWords> =>
  (await FIELDS[uiLanguage(language)]?.())?.default ?? {};
