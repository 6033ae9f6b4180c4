/** A report's place in the scene: a frame with the visitors' model, a box round the place, the camera before it. */

import { monumentOf } from '../../app/state.ts';
import { inverse, point } from '../../core/frames.ts';
import { inSite } from '../../core/geo.ts';
import type { MonumentEntry } from '../../core/release.ts';
import { add, length, mix, sub, type Vec3 } from '../../core/vec.ts';
import { type Handle, READY } from '../scene/handle.ts';
import type { Report } from './api.ts';

const HALF_M = 0.5;
const AWAY_M = 9;
/** A telephone's own position is seldom better. */
const PHOTO_HALF_M = 5;

/** What of the report is shown: the place that was pressed on the model, or where the photo was taken. */
export type Which = 'place' | 'position';

/** The frame's element, which shows the place as soon as its scene stands. */
export function placeFrame(address: string, title: string, report: Report, which: Which): HTMLIFrameElement {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.src = address;
  frame.addEventListener(READY, (event) => {
    const scene = (event as CustomEvent<Handle>).detail;
    scene.bare(true);
    scene.explore(report.monument);
    let shown = false;
    scene.onChange = () => {
      const { app } = scene;
      const monument = monumentOf(app.state);
      if (shown || !monument || monument.id !== report.monument || !app.state.arrived || !app.view) return;
      shown = true;
      const box = boxOf(report, which, monument, app.state.release?.frame);
      if (!box) return;
      scene.draw({ fit: box, flight: false });
      const target = mix(box[0], box[1], 0.5);
      scene.visit({ eye_m: before(target, monument, sub(box[1], box[0])), target_m: target });
    };
    scene.onChange();
  });
  return frame;
}

type Box = readonly [Vec3, Vec3];

function boxOf(
  { place_m, position }: Report,
  which: Which,
  monument: MonumentEntry,
  frame: Parameters<typeof inSite>[2] | undefined,
): Box | null {
  if (which === 'place' && place_m) {
    const half: Vec3 = [HALF_M, HALF_M, HALF_M];
    return [sub(place_m, half), add(place_m, half)];
  }
  if (!position || !frame) return null;
  const site = inSite(position[0], position[1], frame);
  const [x, y] = point(inverse(monument.placement.site_from_monument), site);
  const { min, max } = monument.bounds;
  return [
    [x - PHOTO_HALF_M, y - PHOTO_HALF_M, min[2]],
    [x + PHOTO_HALF_M, y + PHOTO_HALF_M, max[2]],
  ];
}

/** A camera outside of the monument, before the place. */
function before(target: Vec3, { bounds }: MonumentEntry, size: Vec3): Vec3 {
  const out = sub(target, mix(bounds.min, bounds.max, 0.5));
  const flat = Math.hypot(out[0], out[1]);
  const away = AWAY_M + length(size);
  const [x, y] = flat > 0.1 ? [out[0] / flat, out[1] / flat] : [0, -1];
  return add(target, [x * away, y * away, 0.35 * away]);
}
