import { describe, expect, it } from 'vitest';
import { deviceHeading } from '../../src/core/deviceHeading.ts';
import { EVERYTHING } from '../../src/core/find.ts';
import { compass, ecef, inSite, roundLength, walking, way } from '../../src/core/geo.ts';
import { formatLook, type Look, PLAIN, parseLook } from '../../src/core/look.ts';
import type { Frame } from '../../src/core/release.ts';

describe('the rest of the address', () => {
  const looks: Partial<Look>[] = [
    {},
    { find: { q: 'ngọ môn & cổng', type: 'stele house', protection: 'national', from: -50, to: 1850 } },
    { place: 'G0503.032e/ä?' },
    {
      shown: '1885',
      annotation: 'dragon-finial',
      points: { byLabel: true, hidden: ['halo', 'low_confidence'] },
    },
    { position: 0.25, lying: true },
    { colours: 'purple-green', region: 'r3', range_m: 0.0125, threshold_m: 0.03 },
    { shown: '1885', part: { state: '1885', id: 'upper-roof' }, sun: { date: '2026-06-21', minutes: 545 } },
    { building: 'way/1234 ü', side: 'east', mm_per_pixel: 5, term: 'loss' },
    { cut: 'x@-1.25', conditions: ['2019', 'as-it-was'] },
    { camera: { target: [12.5, -40.25, 3], distance: 80.5, heading: 2, pitch: 0.5, fovDeg: 45 } },
  ];

  it.each(looks)('comes back from the fragment: %o', (look) => {
    const back = parseLook(`#/m/gate${formatLook(look)}`);
    const { camera, ...rest } = { ...PLAIN, ...look };
    expect({ ...back, camera: null }).toEqual({ ...rest, camera: null });
    if (!camera) return expect(back.camera).toBeNull();
    expect(back.camera!.target).toEqual(camera.target);
    expect(back.camera!.heading).toBeCloseTo(camera.heading, 2);
    expect(back.camera!.pitch).toBeCloseTo(camera.pitch, 2);
  });

  it.each([
    '#/?from=x&to=9e9',
    '#/?camera=1,2,3',
    '#/?camera=1,2,3,-4,5,6,45',
    '#/?shown=../x',
    '#/?points=all',
    '#/?at=2',
    '#/?sun=2026-02-30T09:00',
    '#/?sun=2026-02-03T24:00',
    '#/?side=a/b&mm=-2&term=A',
    '#/?part=roof&range=-1&above=1e9',
  ])('leaves out what it does not understand: %s', (hash) => {
    expect(parseLook(hash)).toEqual({ ...PLAIN, find: EVERYTHING });
  });
});

describe('a device in the hand', () => {
  // Worked by hand: alpha turns anticlockwise seen from above, beta lifts the top, gamma tips to the right.
  it.each([
    [0, 0, 0, 0],
    [270, 0, 0, 90],
    [90, 30, 0, 270],
    [270, 90, 0, 90],
    [180, 80, 0, 180],
    [300, 45, 0, 60],
  ])('at alpha %d, beta %d, gamma %d points to %d', (alpha, beta, gamma, expected) => {
    expect(deviceHeading(alpha, beta, gamma)).toBeCloseTo(expected, 6);
  });

  it('agrees with a rotation multiplied out', () => {
    const turn = (axis: 0 | 1 | 2, degrees: number) => (v: number[]) => {
      const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
      const [i, j] = [(axis + 1) % 3, (axis + 2) % 3];
      const out = [...v];
      out[i] = c * v[i]! - s * v[j]!;
      out[j] = s * v[i]! + c * v[j]!;
      return out;
    };
    for (const [alpha, beta, gamma] of [
      [20, 0, 35],
      [200, 0, -60],
      [310, 90, 20],
      [77, 90, -10],
    ] as const) {
      const seen = (v: number[]) => turn(2, alpha)(turn(0, beta)(turn(1, gamma)(v)));
      const [east, north] = seen(beta === 0 ? [0, 1, 0] : [0, 0, -1]);
      const expected = ((Math.atan2(east!, north!) * 180) / Math.PI + 360) % 360;
      expect(deviceHeading(alpha, beta, gamma)).toBeCloseTo(expected, 6);
    }
  });
});

describe('on the globe', () => {
  it('agrees with EPSG Guidance Note 7-2 on ECEF', () => {
    // 53°48'33.820"N 2°07'46.380"E, 73.0 m: the note's worked example.
    const [x, y, z] = ecef(2 + 7 / 60 + 46.38 / 3600, 53 + 48 / 60 + 33.82 / 3600, 73);
    expect(x).toBeCloseTo(3771793.968, 2);
    expect(y).toBeCloseTo(140253.342, 2);
    expect(z).toBeCloseTo(5124304.349, 2);
  });

  it('puts a position into the site', () => {
    // East, north, up at 0 0 of the ellipsoid: x is up, y east, z north.
    const ecef_from_site = [0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 6378137, 0, 0, 1];
    const frame = { ecef_from_site, height_m: 0 } as unknown as Frame;
    const [east, north] = inSite(0.001, 0.002, frame);
    expect(east).toBeCloseTo(111.319, 2);
    expect(north).toBeCloseTo(221.149, 2);
  });

  // Geodesics of pyproj on WGS 84 to 16.469 N 107.578 E: Hanoi, Paris, Sydney, Cusco, and as good as the antipode.
  it.each([
    [105.8342, 21.0278, 537_049, 159.69],
    [2.3522, 48.8566, 9_716_328, 67.77],
    [151.2093, -33.8688, 7_241_299, 313.06],
    [-71.9675, -13.5319, 19_675_873, 7.15],
    [-72.4, -16.5, 20_000_459, null],
  ])('tells the way from far away, %d %d', (lon, lat, distance, bearing) => {
    const [l, f] = [107.578 * (Math.PI / 180), 16.469 * (Math.PI / 180)];
    const east = [-Math.sin(l), Math.cos(l), 0];
    const north = [-Math.sin(f) * Math.cos(l), -Math.sin(f) * Math.sin(l), Math.cos(f)];
    const up = [Math.cos(f) * Math.cos(l), Math.cos(f) * Math.sin(l), Math.sin(f)];
    const ecef_from_site = [...east, 0, ...north, 0, ...up, 0, ...ecef(107.578, 16.469, 5), 1];
    const frame = { ecef_from_site, height_m: 5, lat_deg: 16.469 } as unknown as Frame;
    const found = way(inSite(lon, lat, frame), [0, 0, 8], frame);
    expect(Math.abs(found.distance_m / distance - 1)).toBeLessThan(0.005);
    if (bearing !== null) expect(Math.abs(found.bearing_deg - bearing)).toBeLessThan(1.5);
  });

  it('tells the way', () => {
    const { distance_m, bearing_deg } = way([0, 0, 0], [10, 10, 5], { lat_deg: 16.5 });
    expect(distance_m).toBeCloseTo(Math.hypot(10, 10), 4);
    expect(bearing_deg).toBeCloseTo(45, 4);
    expect([0, 44, 91, 200, 337, 338, 359].map(compass)).toEqual(['n', 'ne', 'e', 's', 'nw', 'n', 'n']);
    expect([7.4, 123, 996, 12_340, 9_200_000].map((m) => walking(m, 'en'))).toEqual([
      '7 m',
      '120 m',
      '1 km',
      '12.3 km',
      '9,200 km',
    ]);
    expect([1, 7, 48, 51, 199, 200].map(roundLength)).toEqual([1, 5, 20, 50, 100, 200]);
  });
});
