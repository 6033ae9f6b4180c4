/** How much of the window the panel leaves free when the page opens; what is measured later only corrects it. */
import type { Viewport } from './fit.ts';

/** The share of a phone's height that the sheet takes at first. */
export const SHEET_SHARE = 0.46;
/** What a phone's tools and the line that says what is shown cover of the top, pixels. */
export const PHONE_TOP_PX = 116;
// A card beside the scene, as panel.css lays it out.
const GAP_PX = 24;
const CARD_PX: readonly [number, number] = [360, 412];
const CARD_SHARE = 0.27;

export function freeAtFirst(width: number, height: number, phone: boolean, rtl: boolean): Viewport {
  const all: Viewport = { width, height, left: 0, right: 0, top: 0, bottom: 0 };
  if (phone) return { ...all, top: PHONE_TOP_PX, bottom: Math.round(height * SHEET_SHARE) };
  const taken = GAP_PX + Math.min(CARD_PX[1], Math.max(CARD_PX[0], CARD_SHARE * width));
  return rtl ? { ...all, right: taken } : { ...all, left: taken };
}
