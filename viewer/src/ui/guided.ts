/** What the first screen does without: comparisons, tours, open data, help, and the page without pictures. */
export { comparePanel } from './compare.ts';
export { dataPanel } from './data.ts';
export { help } from './help.ts';
export { sideBySide } from './sides.ts';
export { swipe } from './swipe.ts';
export { textVersion } from './text.ts';
export { tourPanel, wayBack } from './tour.ts';
