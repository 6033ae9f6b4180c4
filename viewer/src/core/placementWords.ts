/** The reasons of a placement in words: each has a code, whose sentence is in the catalogue, and the figures it tells. */
import { figure, metres } from './format.ts';
import { spokenIn, type Translate } from './i18n.ts';
import type { PlacementReason } from './release.ts';

/** By the end of its name: metres, degrees, a share of one, or a count. */
function written(name: string, value: number, language: string): string {
  if (name.endsWith('_m')) return metres(value, language);
  if (name.endsWith('_deg'))
    return `${new Intl.NumberFormat(spokenIn(language), { maximumFractionDigits: 1 }).format(value)}°`;
  if (name.endsWith('_share')) return figure(value * 100, '%', language, 0);
  return new Intl.NumberFormat(spokenIn(language), { maximumFractionDigits: 1 }).format(value);
}

/** One sentence for each reason; `t` of the catalogue of reasons. */
export const reasonsSaid = (
  reasons: readonly PlacementReason[],
  t: Translate,
  language: string,
): readonly string[] =>
  reasons.map(({ code, figures, names }) => {
    const values: Record<string, string> = { ...names };
    for (const [name, value] of Object.entries(figures))
      values[name] = (Array.isArray(value) ? value : [value])
        .map((one: number) => written(name, one, language))
        .join(', ');
    const sentence = t(code, values);
    return `${sentence.charAt(0).toLocaleUpperCase(spokenIn(language))}${sentence.slice(1)}.`;
  });
