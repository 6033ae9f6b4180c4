/** What of the marks over the scene is behind the open monument. */
import { point } from '../core/frames.ts';
import { type Hidden, hiddenOf } from '../core/hidden.ts';
import type { Mark } from '../core/marks.ts';
import type { MonumentEntry } from '../core/release.ts';
import { hiding } from '../scene/depth.ts';
import type { View } from '../scene/view.ts';

/** By mark. In two panes nothing is taken for hidden: each is seen from a place of its own. */
export function hiddenMarks(view: View, monument: MonumentEntry, marks: readonly Mark[]): Map<Mark, Hidden> {
  const found = new Map<Mark, Hidden>();
  if (view.stage.layout.panes.length > 1) return found;
  const m = monument.placement.site_from_monument;
  const surfaces = view.conditions.of(monument).map((c) => c.object);
  const behind = hiding(
    view.stage,
    surfaces.filter((o) => o.visible),
  );
  for (const mark of marks)
    found.set(
      mark,
      hiddenOf(mark, (p) => behind(point(m, p))),
    );
  return found;
}
