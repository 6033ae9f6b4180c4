/** How much of the window the panel leaves free when the page opens; what is measured later only corrects it. */
import type { Viewport } from './fit.ts';

/** Where the panel is a sheet over the scene's lower part: in narrow windows. One as low as a phone that lies has its card
 * beside the scene, of which a sheet would leave a strip. The style sheets say the same; in em, so that large letters count. */
export const SHEET = '(max-width: 34.9375em), (max-width: 47.5em) and (min-height: 26.3125em)';
/** The share of a phone's height that the sheet takes at first. */
export const SHEET_SHARE = 0.46;
/** What a phone's tools and the line that says what is shown cover of the top, pixels. */
export const PHONE_TOP_PX = 116;
// A card beside the scene, as panel.css lays it out.
const GAP_PX: readonly [number, number] = [12, 24];
const NARROW_REM = 47.5;
const CARD_REM: readonly [number, number] = [22.5, 25.75];
const CARD_SHARE: readonly [number, number] = [0.27, 0.54];

/** `rem_px`: the size of letters that the visitor asks the browser for. */
export function freeAtFirst(
  width: number,
  height: number,
  phone: boolean,
  rtl: boolean,
  rem_px = 16,
): Viewport {
  const all: Viewport = { width, height, left: 0, right: 0, top: 0, bottom: 0 };
  if (phone) return { ...all, top: PHONE_TOP_PX, bottom: Math.round(height * SHEET_SHARE) };
  const [least, most] = CARD_REM.map((rem) => rem * rem_px) as [number, number];
  const [share, most_share] = CARD_SHARE;
  const card = Math.min(most, Math.max(Math.min(least, most_share * width), share * width));
  const taken = GAP_PX[width <= NARROW_REM * rem_px ? 0 : 1] + card;
  return rtl ? { ...all, right: taken } : { ...all, left: taken };
}
