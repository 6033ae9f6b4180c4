/** The kept set of icons (Lucide, ISC). */
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import swap from 'lucide-static/icons/arrow-right-left.svg?raw';
import north from 'lucide-static/icons/arrow-up.svg?raw';
import blend from 'lucide-static/icons/blend.svg?raw';
import captions from 'lucide-static/icons/captions.svg?raw';
import captionsOff from 'lucide-static/icons/captions-off.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import chevronRight from 'lucide-static/icons/chevron-right.svg?raw';
import grip from 'lucide-static/icons/chevrons-left-right.svg?raw';
import help from 'lucide-static/icons/circle-question-mark.svg?raw';
import sideBySide from 'lucide-static/icons/columns-2.svg?raw';
import copy from 'lucide-static/icons/copy.svg?raw';
import crosshair from 'lucide-static/icons/crosshair.svg?raw';
import change from 'lucide-static/icons/diff.svg?raw';
import download from 'lucide-static/icons/download.svg?raw';
import report from 'lucide-static/icons/file-text.svg?raw';
import globe from 'lucide-static/icons/globe.svg?raw';
import elevation from 'lucide-static/icons/image-down.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import near from 'lucide-static/icons/locate-fixed.svg?raw';
import map from 'lucide-static/icons/map.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import height from 'lucide-static/icons/move-vertical.svg?raw';
import pause from 'lucide-static/icons/pause.svg?raw';
import area from 'lucide-static/icons/pentagon.svg?raw';
import play from 'lucide-static/icons/play.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import retry from 'lucide-static/icons/refresh-cw.svg?raw';
import ar from 'lucide-static/icons/rotate-3d.svg?raw';
import distance from 'lucide-static/icons/ruler.svg?raw';
import reset from 'lucide-static/icons/scan.svg?raw';
import searchIcon from 'lucide-static/icons/search.svg?raw';
import previous from 'lucide-static/icons/skip-back.svg?raw';
import next from 'lucide-static/icons/skip-forward.svg?raw';
import section from 'lucide-static/icons/slice.svg?raw';
import swipe from 'lucide-static/icons/square-split-horizontal.svg?raw';
import lying from 'lucide-static/icons/square-split-vertical.svg?raw';
import sun from 'lucide-static/icons/sun.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import warning from 'lucide-static/icons/triangle-alert.svg?raw';
import angle from 'lucide-static/icons/triangle-right.svg?raw';
import back from 'lucide-static/icons/undo-2.svg?raw';
import sound from 'lucide-static/icons/volume-2.svg?raw';
import silent from 'lucide-static/icons/volume-x.svg?raw';
import offline from 'lucide-static/icons/wifi-off.svg?raw';
import close from 'lucide-static/icons/x.svg?raw';
import seal from './seal.svg?raw';

const ICONS = {
  search: searchIcon,
  near,
  info,
  map,
  north,
  sun,
  arrowLeft,
  swap,
  blend,
  captions,
  captionsOff,
  check,
  ar,
  chevronRight,
  grip,
  help,
  change,
  download,
  report,
  globe,
  minus,
  pause,
  play,
  plus,
  retry,
  reset,
  previous,
  next,
  swipe,
  side: sideBySide,
  lying,
  copy,
  crosshair,
  elevation,
  mapping: area,
  height,
  area,
  distance,
  section,
  trash,
  angle,
  warning,
  back,
  sound,
  silent,
  offline,
  close,
  seal,
} as const;

export type IconName = keyof typeof ICONS;

/** An icon beside words, or in a control that has a name of its own: hidden from screen readers. */
export const icon = (name: IconName): TemplateResult => ownIcon(ICONS[name], name === 'seal' ? 'seal' : '');

/** One that only code has which is fetched when wanted: `svg` is a file of the icon set, never what a visitor sends. */
export const ownIcon = (svg: string, kind = ''): TemplateResult =>
  html`<span class="icon ${kind}" aria-hidden="true">${unsafeHTML(svg)}</span>`;
