import { afterEach, describe, expect, it, vi } from 'vitest';
import { Heading } from '../../src/app/heading.ts';

afterEach(() => vi.unstubAllGlobals());

describe('the compass', () => {
  it('is not followed by who has given up while the device asked', async () => {
    const page = new EventTarget();
    let allow = (_: string) => {};
    const requestPermission = () =>
      new Promise<string>((resolve) => {
        allow = resolve;
      });
    vi.stubGlobal('window', Object.assign(page, { DeviceOrientationEvent: {} }));
    vi.stubGlobal('DeviceOrientationEvent', { requestPermission });
    vi.stubGlobal('screen', {});
    const told: number[] = [];
    const turn = () =>
      page.dispatchEvent(Object.assign(new Event('deviceorientation'), { webkitCompassHeading: 90 }));
    for (const stays of [false, true]) {
      const heading = new Heading((deg) => told.push(deg));
      const started = heading.start();
      if (!stays) heading.stop();
      allow('granted');
      await started;
      turn();
      expect(told).toEqual(stays ? [90] : []);
    }
  });
});
