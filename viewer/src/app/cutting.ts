/** A section drawn from the tiles that its plane meets, read for it in full detail as far as the device bears. */
import type { ComparisonDocument, MonumentEntry, ShownEntry } from '../core/release.ts';
import { cutTriangles, joined, meets, type Plane, type Segment } from '../core/section.ts';
import { type Extent, extentOf, type Layer } from '../core/sheet.ts';
import { type Reader, surfacesOf } from '../scene/read.ts';
import type { App } from './app.ts';
import { conditionName, idOf } from './state.ts';

export interface Drawing {
  layers: Layer[];
  extent: Extent | null;
  tiles: number;
  /** Largest geometric error of the tiles that were cut, true metres. */
  error_m: number;
  /** 1 sigma of aligning the epochs, where two that were measured against each other are drawn. */
  alignment_m: number | null;
}

interface Watch {
  signal: AbortSignal;
  /** The colour of a condition's lines, by its id. */
  colour: (id: string) => string;
  progress: (done: number, total: number) => void;
}

/** Cut the conditions by the plane. Raises LoadError. */
export async function drawSection(
  app: App,
  reader: Reader,
  monument: MonumentEntry,
  plane: Plane,
  shown: readonly ShownEntry[],
  { signal, colour, progress }: Watch,
): Promise<Drawing> {
  const factor = monument.placement.scale;
  const plans = await Promise.all(
    shown.map(async (s) => ({ s, wanted: await reader.wanted(monument, s, (box) => meets(plane, box)) })),
  );
  const total = plans.reduce((sum, p) => sum + p.wanted.length, 0);
  progress(0, total);
  let done = 0;
  const layers: Layer[] = [];
  for (const { s, wanted } of plans) {
    const [measured, filled]: [Segment[], Segment[]] = [[], []];
    let error = 0;
    await reader.each(
      wanted,
      ({ object, error_m }) => {
        error = Math.max(error, error_m);
        for (const surface of surfacesOf(object)) {
          const { segments, triangles } = cutTriangles(surface.positions, surface.index, plane);
          segments.forEach((segment, i) => {
            const t = triangles[i]! * 3;
            const closes = [0, 1, 2].every((k) => surface.filled?.(surface.index[t + k]!));
            const true_m = segment.map((v) => v * factor) as unknown as Segment;
            (closes ? filled : measured).push(true_m);
          });
        }
      },
      { signal, progress: () => progress(++done, total) },
    );
    layers.push({
      id: idOf(s),
      name: conditionName(app.state, monument, s),
      interpreted: s.state !== null,
      colour: colour(idOf(s)),
      lines: joined(measured),
      filled: joined(filled),
      error_m: error * factor,
    });
  }
  return {
    layers,
    extent: extentOf(layers),
    tiles: total,
    error_m: Math.max(0, ...layers.map((l) => l.error_m)),
    alignment_m: await alignment(app, monument, shown),
  };
}

/** The error of aligning the drawn epochs, the largest of those that were compared. */
async function alignment(
  app: App,
  monument: MonumentEntry,
  shown: readonly ShownEntry[],
): Promise<number | null> {
  const drawn = shown.map((s) => s.epoch);
  const pairs = monument.comparisons.filter((c) => drawn.includes(c.reference) && drawn.includes(c.compared));
  const documents = await Promise.all(pairs.map((c) => app.document<ComparisonDocument>(c.sidecar)));
  return documents.length > 0 ? Math.max(...documents.map((d) => d.registration_m)) : null;
}
