/** Diverging colour tables: anchors between -1 and 1, interpolated in OKLab so that steps look even. */

export interface Anchor {
  at: number;
  colour: string;
}

type Triple = [number, number, number];

const toLinear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toGamma = (c: number) => (c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

/** sRGB 0..1 of `#rrggbb`. */
export function rgbOf(hex: string): Triple {
  const n = Number.parseInt(hex.slice(1), 16);
  return [(n >> 16) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

/** OKLab of sRGB 0..1 (Ottosson 2020). */
export function oklabOf(rgb: Triple): Triple {
  const [r, g, b] = rgb.map(toLinear) as Triple;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function rgbFromOklab([L, a, b]: Triple): Triple {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((c) => toGamma(Math.min(1, Math.max(0, c)))) as Triple;
}

/** sRGB 0..1 at `x` (-1..1, clamped). Anchors are in rising order. */
export function colourAt(anchors: readonly Anchor[], x: number): Triple {
  const high = anchors.findIndex((anchor) => anchor.at >= x);
  if (high < 0) return rgbOf(anchors.at(-1)!.colour);
  if (high === 0) return rgbOf(anchors[0]!.colour);
  const [a, b] = [anchors[high - 1]!, anchors[high]!];
  const t = (x - a.at) / (b.at - a.at);
  const [from, to] = [oklabOf(rgbOf(a.colour)), oklabOf(rgbOf(b.colour))];
  return rgbFromOklab([0, 1, 2].map((i) => from[i]! + (to[i]! - from[i]!) * t) as Triple);
}

/** `size` RGBA bytes from -1 to 1, for a texture. */
export function tableOf(anchors: readonly Anchor[], size = 256): Uint8Array {
  const out = new Uint8Array(size * 4);
  for (let i = 0; i < size; i++) {
    const rgb = colourAt(anchors, (i / (size - 1)) * 2 - 1);
    out.set([...rgb.map((c) => Math.round(c * 255)), 255], i * 4);
  }
  return out;
}
