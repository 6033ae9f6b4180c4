/** How much of the window the panels leave to the scene. */
import type { Viewport } from '../core/fit.ts';
import { PHONE_TOP_PX } from '../core/free.ts';
import { isPhone, type Sheet } from './sheet.ts';

const CLAIM_GAP_PX = 6; // below the legend of what is interpreted, which takes more

/** The free part of the window, CSS pixels; null while nothing is laid out. `page` holds the panel and the legend. */
export function freeOf(canvas: HTMLCanvasElement, page: HTMLElement, sheet: Sheet): Viewport | null {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (width === 0 || height === 0) return null;
  const found = page.querySelector<HTMLElement>('.panel');
  const panel = found && found.offsetHeight > 0 ? found : null; // the studio hides it
  const free: Viewport = { width, height, left: 0, right: 0, top: 0, bottom: 0 };
  if (panel && isPhone()) {
    // A sheet pulled up to read covers the scene for a while; the picture need not move.
    const snap = sheet.snap === 'full' ? 'half' : sheet.snap;
    free.bottom = sheet.height(snap);
    const claim = page.querySelector('.claim.interpreted');
    free.top = Math.max(PHONE_TOP_PX, Math.ceil((claim?.getBoundingClientRect().bottom ?? 0) + CLAIM_GAP_PX));
  } else if (panel) {
    const box = panel.getBoundingClientRect();
    if (document.dir === 'rtl') free.right = width - box.left;
    else free.left = box.right;
  }
  return free;
}

/** Let the style sheets know the free part. */
export function tellStyles(free: Viewport): void {
  const { style } = document.documentElement;
  style.setProperty('--free-left', `${free.left}px`);
  style.setProperty('--free-right', `${free.right}px`);
  style.setProperty('--free-start', `${free.left + free.right}px`); // the panel lies on one side, where lines begin
  style.setProperty('--free-bottom', `${free.bottom}px`);
  style.setProperty('--free-width', `${free.width - free.left - free.right}px`);
  style.setProperty('--free-middle', `${free.top + (free.height - free.top - free.bottom) / 2}px`);
  style.setProperty('--free-centre', `${free.left + (free.width - free.left - free.right) / 2}px`);
}
