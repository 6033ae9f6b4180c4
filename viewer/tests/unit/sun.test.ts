import { describe, expect, it } from 'vitest';
import { brightness, momentOf, siteTime, sunPosition, zoneHours } from '../../src/core/sun.ts';
import almanac from './sun-cases.json' with { type: 'json' };

describe('the sun', () => {
  it('stands where the published example says', () => {
    // Reda & Andreas, NREL/TP-560-34302 (2008), table A5.1: 2003-10-17 12:30:30 at UTC-7, 39.742476 N 105.1786 W:
    // zenith 50.11162, azimuth 194.34024 (for 1830 m, 820 hPa, 11 °C: refraction differs by 0.003).
    const { azimuthDeg, elevationDeg } = sunPosition(new Date('2003-10-17T19:30:30Z'), -105.1786, 39.742476);
    expect(azimuthDeg).toBeCloseTo(194.34024, 1);
    expect(Math.abs(azimuthDeg - 194.34024)).toBeLessThan(0.02);
    expect(Math.abs(elevationDeg - (90 - 50.11162))).toBeLessThan(0.02);
  });

  it('agrees with an almanac of other hands, from the tropics to the polar night, 1990 to 2050', () => {
    let worst = 0;
    for (const { utc, lon, lat, azimuth, elevation, apparent } of almanac.cases) {
      const found = sunPosition(new Date(utc), lon, lat);
      const aside = Math.abs(((found.azimuthDeg - azimuth + 540) % 360) - 180);
      worst = Math.max(worst, aside * Math.cos((elevation * Math.PI) / 180));
      // The almanac says nothing of the air below the horizon, where its lift fades out with the sun's depth.
      const off = found.elevationDeg - (elevation > 0 ? apparent : elevation);
      expect(Math.abs(elevation > 0 ? off : off - 0.3), utc).toBeLessThan(
        elevation > 5 ? 0.02 : elevation > 0 ? 0.1 : 0.32,
      );
    }
    expect(almanac.cases.length).toBe(48);
    expect(worst).toBeLessThan(0.02);
  });

  it("agrees with Meeus' apparent place of the sun, examples 25.a and 12.a", () => {
    // 1992-10-13 00:00 TD: declination -7.78507 degrees. At the pole the elevation is the declination, refraction apart.
    const pole = sunPosition(new Date('1992-10-13T00:00:00Z'), 0, -90);
    expect(Math.abs(pole.elevationDeg - 7.78507 - 0.114)).toBeLessThan(0.02);
  });

  it('goes over the zenith of Hue at its solar noon twice a year, and never in winter', () => {
    const [lon, lat] = [107.578, 16.469];
    const noon = (date: string) => {
      let best = { azimuthDeg: 0, elevationDeg: -90 };
      for (let minutes = 660; minutes < 780; minutes++) {
        const at = sunPosition(momentOf({ date, minutes }, lon)!, lon, lat);
        if (at.elevationDeg > best.elevationDeg) best = at;
      }
      return best;
    };
    // 90 - |16.469 - 23.436| in June, from the north; 90 - 16.469 - 23.436 in December, from the south.
    const [june, december] = [noon('2026-06-21'), noon('2026-12-21')];
    expect(june.elevationDeg).toBeCloseTo(83.03, 1);
    expect(Math.cos((june.azimuthDeg * Math.PI) / 180)).toBeGreaterThan(0.99);
    expect(december.elevationDeg).toBeCloseTo(50.11, 1);
    expect(Math.abs(december.azimuthDeg - 180)).toBeLessThan(1);
  });

  it('makes it brighter the higher it stands, without a leap, and leaves the night visible', () => {
    const shares = Array.from({ length: 1080 }, (_, k) => brightness(-18 + k / 10));
    for (const [k, share] of shares.slice(1).entries()) {
      expect(share).toBeGreaterThanOrEqual(shares[k]!);
      expect(share - shares[k]!).toBeLessThan(0.01);
    }
    expect([shares[0], shares.at(-1)]).toEqual([0.24, 1]);
  });

  it('rises in the east and sets in the west, also south of the equator', () => {
    for (const [lon, lat] of [
      [107.578, 16.469],
      [-43.2, -22.9],
    ] as const) {
      const at = (minutes: number) => sunPosition(momentOf({ date: '2026-03-20', minutes }, lon)!, lon, lat);
      expect(Math.abs(at(420).azimuthDeg - 90)).toBeLessThan(12);
      expect(Math.abs(at(1020).azimuthDeg - 270)).toBeLessThan(12);
      expect(at(0).elevationDeg).toBeLessThan(-50);
    }
  });

  it('knows the zone of a longitude, and refuses what is no date', () => {
    expect(zoneHours(107.578)).toBe(7);
    expect(zoneHours(-105.2)).toBe(-7);
    expect(momentOf({ date: '2026-06-21', minutes: 90 }, 107.578)!.toISOString()).toBe(
      '2026-06-20T18:30:00.000Z',
    );
    expect(siteTime(new Date('2026-06-20T18:37:00Z'), 107.578)).toEqual({ date: '2026-06-21', minutes: 90 });
    expect(momentOf({ date: 'soon', minutes: 0 }, 0)).toBeNull();
  });
});
