/** Condition maps: which annotations hold in a survey, how their terms look, what they sum up to, and what was drawn here. */
import type { LangText } from './i18n.ts';
import type { AnnotationEntry, MonumentEntry, TermEntry, View } from './release.ts';
import { add, length, scale, sub, type Vec3 } from './vec.ts';

export type Shape = AnnotationEntry['shape'];
export const SHAPES: readonly Shape[] = ['point', 'line', 'area'];
/** Fewest points of a shape. */
export const FEWEST: Record<Shape, number> = { point: 1, line: 2, area: 3 };

const AWAY = 2.2; // sizes of what is looked at, from it
const AWAY_LEAST_M = 3;

/** A view of an annotation from where its surface faces; from the monument's own view's side where that is not known. */
export function viewOf(annotation: AnnotationEntry, monument: MonumentEntry): View {
  const { position_m: at, vertices_m, normal } = annotation;
  const points = vertices_m.length > 0 ? vertices_m : [at];
  const corner = (of: (...values: number[]) => number): Vec3 => [
    of(...points.map((p) => p[0])),
    of(...points.map((p) => p[1])),
    of(...points.map((p) => p[2])),
  ];
  const [low, high] = [corner(Math.min), corner(Math.max)];
  const out = normal ?? sub(monument.view.eye_m, at);
  const away = Math.max(AWAY_LEAST_M, AWAY * length(sub(high, low)));
  return {
    eye_m: [...add(at, scale(out, away / (length(out) || 1)))],
    target_m: at,
    fov_deg: 50,
    fit_m: length(sub(high, low)) > 0 ? [[...low], [...high]] : null,
  };
}

export interface Look {
  colour: string;
  pattern: string;
}

export interface Looks {
  colours: readonly string[];
  patterns: readonly string[];
  /** Of what has no term. */
  none: Look;
}

/** Colour and pattern of a term, by its place in the vocabulary. */
export function lookOf(term: string | null, vocabulary: readonly TermEntry[], table: Looks): Look {
  const at = vocabulary.findIndex((t) => t.id === term);
  if (at < 0) return table.none;
  return {
    colour: table.colours[at % table.colours.length]!,
    pattern: table.patterns[at % table.patterns.length]!,
  };
}

/** A tile of a pattern, `size` wide, as the data of a path; dots are short lines with round ends. */
export function patternPath(pattern: string, size: number): string {
  const half = size / 2;
  const paths: Record<string, string> = {
    rising: `M0 ${size}L${size} 0`,
    falling: `M0 0L${size} ${size}`,
    crossed: `M0 0L${size} ${size}M0 ${size}L${size} 0`,
    level: `M0 ${half}H${size}`,
    upright: `M${half} 0V${size}`,
    grid: `M${half} 0V${size}M0 ${half}H${size}`,
    dots: `M${half} ${half}h0.01`,
  };
  return paths[pattern] ?? paths.dots!;
}

export interface Sum {
  term: TermEntry;
  count: number;
  area_m2: number;
  length_m: number;
}

/** By term, in the vocabulary's order; terms that nothing has are left out. */
export function sumsOf(annotations: readonly AnnotationEntry[], vocabulary: readonly TermEntry[]): Sum[] {
  return vocabulary.flatMap((term) => {
    const own = annotations.filter((a) => a.term === term.id);
    if (own.length === 0) return [];
    const total = (of: (a: AnnotationEntry) => number | null) =>
      own.reduce((sum, a) => sum + (of(a) ?? 0), 0);
    return [
      { term, count: own.length, area_m2: total((a) => a.area_m2), length_m: total((a) => a.length_m) },
    ];
  });
}

/** An annotation that was drawn here and not yet handed in. */
export interface Draft {
  id: string;
  title: LangText;
  shape: Shape;
  points: readonly Vec3[];
  epoch: string;
  term: string | null;
}

const KEYS = { point: 'position_m', line: 'line_m', area: 'area_m' } as const;
const rounded = (p: Vec3): number[] => p.map((v) => Math.round(v * 1e4) / 1e4);

/** The file that `heritage import annotations` takes. */
export function draftsFile(monument: string, drafts: readonly Draft[]): string {
  const annotations = drafts.map((d) => ({
    id: d.id,
    title: d.title,
    [KEYS[d.shape]]: d.shape === 'point' ? rounded(d.points[0]!) : d.points.map(rounded),
    epoch: d.epoch,
    ...(d.term === null ? {} : { term: d.term }),
  }));
  return `${JSON.stringify({ format: 'heritage-annotations-1', monument, annotations }, null, 1)}\n`;
}

/** Drafts as they were kept; what is no draft (another version's, or somebody's edit) is dropped. */
export function draftsFrom(text: string | null): Draft[] {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(value)) return [];
  return value.filter((d): d is Draft => {
    const { id, title, shape, points, epoch, term } = (d ?? {}) as Partial<Record<keyof Draft, unknown>>;
    return (
      typeof id === 'string' &&
      typeof epoch === 'string' &&
      typeof title === 'object' &&
      title !== null &&
      Object.values(title).every((text) => typeof text === 'string') &&
      SHAPES.some((s) => s === shape) &&
      Array.isArray(points) &&
      points.length >= FEWEST[shape as Shape] &&
      points.every((p) => Array.isArray(p) && p.length === 3 && p.every(Number.isFinite)) &&
      (term === null || typeof term === 'string')
    );
  });
}
