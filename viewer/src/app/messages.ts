/** The interface's words, one file per language, fetched when wanted. */
import { type Messages, type UiLanguage, unbroken } from '../core/i18n.ts';

const FILES: Record<UiLanguage, () => Promise<{ default: Messages }>> = {
  vi: () => import('../../../assets/i18n/vi.json'),
  en: () => import('../../../assets/i18n/en.json'),
  fr: () => import('../../../assets/i18n/fr.json'),
};

export const loadMessages = async (language: UiLanguage): Promise<Messages> =>
  unbroken((await FILES[language]()).default);
