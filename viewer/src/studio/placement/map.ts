/** The map of the placement tool: footprints, the monument's own walls, and handles. North is up; SVG units are metres. */
import { html, nothing, svg } from 'lit';
import { figure } from '../../core/format.ts';
import { point } from '../../core/frames.ts';
import type { FootprintFeature } from '../../core/release.ts';
import type { Mat4, Vec3 } from '../../core/vec.ts';
import type { Part } from '../../ui/parts.ts';

export interface MapView {
  /** What is in the middle, east and north, metres. */
  middle: readonly [number, number];
  /** Metres that one CSS pixel shows. */
  scale: number;
  width: number;
  height: number;
}

export interface MapShown {
  view: MapView;
  features: readonly FootprintFeature[];
  /** The footprint it is to stand on. */
  own: string | null;
  cells: readonly Vec3[];
  /** Other places, drawn pale. */
  others: readonly Mat4[];
  present: Mat4;
  tried: Mat4;
  middle: Vec3;
  reach: number;
  points: readonly {
    name: string;
    at: readonly [number, number] | null;
    placed: Vec3;
  }[];
  picking: boolean;
  language: string;
  /** The letter at the arrow. */
  north: string;
}

const path = (ring: readonly (readonly [number, number])[]) =>
  `M${ring.map(([x, y]) => `${x.toFixed(3)} ${(-y).toFixed(3)}`).join('L')}Z`;
const outline = ({ polygons }: FootprintFeature) => polygons.flat().map(path).join('');

const dots = (cells: readonly Vec3[], matrix: Mat4) =>
  cells
    .map((cell) => point(matrix, cell))
    .map(([e, n]) => `M${e.toFixed(2)} ${(-n).toFixed(2)}h0`)
    .join('');

/** The longest of 1, 2 and 5 times a power of ten that fits. */
export function barOf(most_m: number): number {
  const ten = 10 ** Math.floor(Math.log10(most_m));
  return [5, 2, 1].map((k) => k * ten).find((v) => v <= most_m)!;
}

/** Where on the map a pixel of its element is. */
export const placeAt = (
  { middle, scale, width, height }: MapView,
  x: number,
  y: number,
): [number, number] => [middle[0] + (x - width / 2) * scale, middle[1] - (y - height / 2) * scale];

/** CSS pixels at the right edge that buttons cover. */
const BUTTONS = 60;

/** As much as shows every corner, with room round it and none of them below the buttons. */
export function viewOf(
  corners: readonly (readonly [number, number])[],
  width: number,
  height: number,
): MapView {
  const [e, n] = [0, 1].map((k) => corners.map((c) => c[k as 0 | 1])) as [number[], number[]];
  const [w, s, x, y] = [Math.min(...e), Math.min(...n), Math.max(...e), Math.max(...n)];
  const scale = Math.max(
    (x - w) / Math.max(width - BUTTONS - 96, 80),
    (y - s) / Math.max(height - 96, 80),
    0.01,
  );
  return { middle: [(w + x + BUTTONS * scale) / 2, (s + y) / 2], scale, width, height };
}

export function mapDrawing(shown: MapShown): Part {
  const { view, features, own, cells, tried, middle, reach, language, north } = shown;
  const px = view.scale;
  const [w, h] = [view.width * px, view.height * px];
  const [left, top] = [view.middle[0] - w / 2, -view.middle[1] - h / 2];
  const [e, n] = point(tried, middle);
  const axis = point(tried, [middle[0], middle[1] + 1, middle[2]]);
  const facing = Math.hypot(axis[0] - e, axis[1] - n) || 1;
  const far = reach + 26 * px;
  const knob = [e + ((axis[0] - e) / facing) * far, n + ((axis[1] - n) / facing) * far] as const;
  const bar = barOf(140 * px);
  return html`<svg viewBox="${left} ${top} ${w} ${h}" aria-hidden="true" class=${shown.picking ? 'picking' : ''}>
    ${features.map(
      (f) =>
        svg`<path class="plan ${f.id === own ? 'own' : f.monument ? 'named' : ''}" d=${outline(f)} fill-rule="evenodd"><title>${f.name ?? f.id}</title></path>`,
    )}
    ${shown.others.map((other) => svg`<path class="cells other" d=${dots(cells, other)} />`)}
    <path class="cells present" d=${dots(cells, shown.present)} />
    <path class="cells tried" data-drag="move" d=${dots(cells, tried)} />
    <line class="axis" x1=${e} y1=${-n} x2=${knob[0]} y2=${-knob[1]} />
    <circle class="handle" data-drag="move" cx=${e} cy=${-n} r=${13 * px} />
    <path class="grip" d="M${e - 7 * px} ${-n}h${14 * px}M${e} ${-n - 7 * px}v${14 * px}" />
    <circle class="handle" data-drag="turn" cx=${knob[0]} cy=${-knob[1]} r=${11 * px} />
    ${shown.points.map(({ name, at, placed }) =>
      at
        ? svg`<line class="residual" x1=${at[0]} y1=${-at[1]} x2=${placed[0]} y2=${-placed[1]} />
          <circle class="point" cx=${at[0]} cy=${-at[1]} r=${6 * px} />
          <text class="name" x=${at[0] + 9 * px} y=${-at[1] - 7 * px} font-size=${14 * px}>${name}</text>`
        : nothing,
    )}
    <g class="furniture" transform="translate(${left + 16 * px} ${top + h - 18 * px}) scale(${px})">
      <path d="M0 0v6h${bar / px}v-6" />
      <text x="0" y="-6" font-size="13">${figure(bar, 'm', language, bar < 1 ? 1 : 0)}</text>
    </g>
    <g class="furniture north" transform="translate(${left + w - 26 * px} ${top + 34 * px}) scale(${px})">
      <path d="M0 12V-14M-5 -7L0 -15L5 -7" /><text x="0" y="26" font-size="13" text-anchor="middle">${north}</text>
    </g>
  </svg>`;
}
