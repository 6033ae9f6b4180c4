/** The studio's own words; the visitors' catalogues hold none of them. */
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
