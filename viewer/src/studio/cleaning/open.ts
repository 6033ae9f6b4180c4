/** A survey's corrections for the desk; there need not be any yet. */
import type { CleaningDocument, Release } from '../../core/release.ts';
import type { Opened } from '../core/api.ts';
import type { Studio } from '../studio.ts';
import { Cleaning } from './desk.ts';
import type { Corrections } from './shape.ts';

export async function openCleaning(studio: Studio, key: string): Promise<Cleaning | null> {
  const { api } = studio;
  const known = studio.state.documents.some((one) => one.key === key);
  const opened = known ? await api.document<Corrections>(key) : await empty(studio, key);
  if (!opened?.value) {
    studio.set({ notice: studio.state.t('cleaning.older') });
    return null;
  }
  const value = { ...opened.value, corrections: opened.value.corrections ?? [] };
  return new Cleaning(api, opened, value, studio.state.me?.name ?? '');
}

/** A document that is not there yet: in the frame that the release says. */
async function empty(studio: Studio, key: string): Promise<Opened<Corrections> | null> {
  const base = studio.staging.release?.base;
  const [, monument, , epoch] = key.split('/');
  if (!base) return null;
  const release = await fetched<Release>(`${base}release.json`);
  const survey = release?.monuments.find((m) => m.id === monument)?.epochs.find((e) => e.id === epoch);
  const made = survey?.cleaning ? await fetched<CleaningDocument>(base + survey.cleaning) : null;
  if (!made) return null;
  const { up, metres_per_unit, origin_m } = made;
  const value = { frame: { up, metres_per_unit, origin_m: [...origin_m] }, corrections: [] };
  return { key, kind: 'corrections', revision: null, value, files: {}, problems: [] };
}

async function fetched<T>(address: string): Promise<T | null> {
  const response = await fetch(address).catch(() => null);
  return response?.ok ? ((await response.json()) as T) : null;
}
