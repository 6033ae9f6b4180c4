/** What a tour or a comparison needs on the page; the first screen does without it. */
export { comparePanel } from './compare.ts';
export { sideBySide } from './sides.ts';
export { swipe } from './swipe.ts';
export { tourPanel, wayBack } from './tour.ts';
