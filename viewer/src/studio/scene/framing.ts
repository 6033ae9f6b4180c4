/** How a phone and a desktop frame a pose, each with what the visitors' panel covers. */
import type { Viewport } from '../../core/fit.ts';
import { poseOf } from '../../core/frames.ts';
import { freeAtFirst } from '../../core/free.ts';
import type { MonumentEntry, StopEntry } from '../../core/release.ts';
import { snapshot } from '../../scene/snapshot.ts';
import type { Pose } from '../core/tour.ts';
import type { Frames } from './handle.ts';

const PHONE = freeAtFirst(390, 844, true, false);
const DESKTOP = freeAtFirst(1440, 900, false, false);
const PICTURE_PX = { phone: 150, desktop: 300 };

export function framesOf(stage: Parameters<typeof snapshot>[0], pose: Pose, monument: MonumentEntry): Frames {
  const entry = { fov_deg: 50, ...pose, fit_m: pose.fit_m ?? null } as unknown as StopEntry['view'];
  const site = poseOf(entry, monument.placement.site_from_monument);
  const picture = (viewport: Viewport, width: number) => {
    const image = snapshot(stage, site, viewport, width);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext('2d')!;
    context.putImageData(image, 0, 0);
    // What the visitors' panel covers.
    const k = width / viewport.width;
    const [right, bottom] = [viewport.width - viewport.right, viewport.height - viewport.bottom];
    context.fillStyle = 'rgb(128 128 128 / 0.72)';
    if (viewport.bottom > 0) context.fillRect(0, bottom * k, width, viewport.bottom * k);
    if (viewport.left > 24)
      context.fillRect(24 * k, 24 * k, (viewport.left - 24) * k, (viewport.height - 48) * k);
    if (viewport.right > 0) context.fillRect(right * k, 0, viewport.right * k, image.height);
    return canvas;
  };
  const made = { phone: picture(PHONE, PICTURE_PX.phone), desktop: picture(DESKTOP, PICTURE_PX.desktop) };
  stage.invalidate();
  return made;
}
