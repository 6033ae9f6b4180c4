/** The cleaning page: its preview means the points that the build means, and corrections come apart and together. */
import { BufferAttribute, BufferGeometry, Group, type Object3D, Points, Vector3 } from 'three';
import { afterEach, describe, expect, it, vi } from 'vitest';
import labelTable from '../../../assets/colours/labels.json';
import type { Condition } from '../../src/scene/conditions.ts';
import { Building } from '../../src/studio/cleaning/building.ts';
import { Cleaning } from '../../src/studio/cleaning/desk.ts';
import { HeldPoints } from '../../src/studio/cleaning/points.ts';
import {
  type Brush,
  Brushing,
  basis,
  type Correction,
  corners,
  type Lasso,
  Looking,
  type Region,
  tangents,
} from '../../src/studio/cleaning/region.ts';
import { CORRECTIONS, type Corrections } from '../../src/studio/cleaning/shape.ts';
import { type Api, type Build, type Opened, Refusal } from '../../src/studio/core/api.ts';
import { merged } from '../../src/studio/core/merge.ts';
import type { Handle } from '../../src/studio/scene/handle.ts';
import cases from './region-cases.json';

interface Case {
  brush?: Brush;
  lasso?: Lasso;
  xyz: number[][];
  opaque: boolean[];
  inside: boolean[];
}

describe('regions', () => {
  // tests/ops/test_corrections.py holds the build against the same points, which were told by hand.
  it.each(cases as unknown as Case[])('takes in the points that the build does (%#)', (one) => {
    const xyz = one.xyz.flat();
    const looking = one.lasso && new Looking(one.lasso);
    if (one.lasso?.seen) for (const k of one.opaque.keys()) if (one.opaque[k]) looking!.block(xyz, k);
    const region: Region = looking ?? new Brushing(one.brush!);
    expect(one.xyz.map((_, k) => region.inside(xyz, k))).toEqual(one.inside);
  });

  it('say of no box that they miss it and take in points of it', () => {
    let seed = 5;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const place = (): [number, number, number] => [6 * random() - 3, 6 * random() - 3, 6 * random() - 3];
    let [missed, taken] = [0, 0];
    for (let n = 0; n < 1000; n++) {
      const eye_m = place();
      const outline = [0, 1, 2, 3].map((): [number, number] => [2 * random() - 1, 2 * random() - 1]);
      const brush = { radius_m: 2 * random(), at_m: [place(), place()] };
      const outlook = { eye_m, axis: place(), outline };
      const region: Region = n % 2 ? new Brushing(brush) : new Looking(outlook);
      const [low, size] = [place(), 2 * random()];
      const xyz = Array.from({ length: 60 }, () => low.map((v) => v + size * random())).flat();
      const inside = Array.from({ length: 60 }, (_, k) => region.inside(xyz, k)).filter(Boolean).length;
      const meets = region.meets({ low, high: low.map((v) => v + size) as [number, number, number] });
      if (!meets) expect(inside).toBe(0);
      missed += Number(!meets);
      taken += Number(inside > 0);
    }
    expect(missed).toBeGreaterThan(200);
    expect(taken).toBeGreaterThan(30);
  });

  it('tells no place in the picture of what lies behind the eye', () => {
    const axes = basis([0, 2, 0]);
    expect(tangents(axes, [1, 2, 0.5])).toEqual([0.5, 0.25]);
    expect(tangents(axes, [1, -2, 0.5])).toBeNull();
  });

  it('keeps a hand’s line to corners that are apart, and not too many', () => {
    const line = Array.from({ length: 1000 }, (_, k): [number, number] => [k, 0]);
    expect(corners(line, 2.5, 500).slice(0, 3)).toEqual([
      [0, 0],
      [3, 0],
      [6, 0],
    ]);
    expect(corners(line, 1, 300).length).toBe(250);
  });
});

describe('the points that are loaded', () => {
  const LABELLED = labelTable.labels.map(({ reason }) => reason);
  const LABELS = LABELLED.length;
  /** Tiles in a group that is turned and moved, against an epoch that is moved in the site. */
  function setting() {
    let seed = 7;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    const group = new Group();
    group.position.set(3, -2, 5);
    group.rotation.set(0.3, -0.7, 1.1);
    const tile = () => {
      const geometry = new BufferGeometry();
      const many = 300;
      const xyz = Float32Array.from({ length: 3 * many }, () => 4 * random() - 2);
      const labels = Uint8Array.from({ length: many }, () => Math.floor(LABELS * random()));
      geometry.setAttribute('position', new BufferAttribute(xyz, 3));
      geometry.setAttribute('_reason', new BufferAttribute(labels, 1));
      const points = new Points(geometry);
      points.position.set(random(), random(), random());
      return points;
    };
    const loaded: Object3D[] = [tile(), tile()];
    group.add(loaded[0]!); // the other is loaded, and not in view
    const shown = Array.from({ length: LABELS }, () => 1);
    const tiles = { group, forEachLoadedModel: (act: (o: Object3D) => void) => loaded.forEach(act) };
    const condition = { tiles, uniforms: { labelShown: { value: shown } } } as unknown as Condition;
    const held = new HeldPoints(condition, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, -10, 20, 0.5, 1]);
    held.gather();
    /** Every point where three.js itself puts it, turned by hand into the epoch's frame. */
    const all = () =>
      loaded.flatMap((object) => {
        // A tile that is not in view hangs from nothing, and is where it would hang.
        if (object.parent !== group) group.add(object);
        object.updateWorldMatrix(true, false);
        const { geometry } = object as Points;
        const [at, label] = [geometry.getAttribute('position'), geometry.getAttribute('_reason')];
        return Array.from({ length: at.count }, (_, k) => {
          const p = new Vector3().fromBufferAttribute(at, k).applyMatrix4(object.matrixWorld);
          return { at: [p.x - 10, -p.z + 20, p.y + 0.5] as const, label: label.getX(k) };
        });
      });
    const drawn = () =>
      loaded.flatMap((o) => [...((o as Points).geometry.getAttribute('label').array as Uint8Array)]);
    return { held, loaded, shown, all, drawn };
  }
  const ball = (at: readonly number[], radius_m: number, becomes: Correction['becomes']): Correction => ({
    id: 'a',
    was: ['vegetation', 'ground'],
    becomes,
    brush: { radius_m, at_m: [at as [number, number, number]] },
  });

  it('are where the scene has them, and change the labels that a region means, one after the other', () => {
    const { held, all, drawn } = setting();
    const points = all();
    const code = (name: string) => LABELLED.indexOf(name);
    const place = [0, 1, 2].map((c) => points.reduce((sum, p) => sum + p.at[c]! / points.length, 0));
    const near = (p: (typeof points)[number]) => Math.hypot(...p.at.map((v, c) => v - place[c]!)) <= 1.5;
    const meant = points.map((p) => near(p) && [code('vegetation'), code('ground')].includes(p.label));
    const many = meant.filter(Boolean).length;
    expect(many).toBeGreaterThan(20);
    expect(held.count).toBe(600);
    const corrections = [ball(place, 1.5, 'halo'), { ...ball(place, 1.5, 'kept'), was: ['halo'] as const }];
    const halos = points.filter((p, k) => near(p) && (p.label === code('halo') || meant[k])).length;
    expect(held.correct(corrections)).toEqual([many, halos]);
    const expected = points.map((p, k) =>
      meant[k] || (near(p) && p.label === code('halo')) ? code('kept') : p.label,
    );
    expect(drawn()).toEqual(expected);
    // What is being drawn is not kept, and goes out from what is corrected.
    expect(held.sketch(ball(place, 1.5, 'outlier'))).toBe(0);
    expect(held.sketch(ball(place, 100, 'outlier'))).toBe(
      expected.filter((label) => [code('vegetation'), code('ground')].includes(label)).length,
    );
    held.sketch(null);
    expect(drawn()).toEqual(expected);
    held.correct([]);
    expect(drawn()).toEqual(points.map((p) => p.label));
  });

  it('are the same whatever was corrected before: more, fewer, in another order, or with other points', () => {
    const { held, loaded, all, drawn } = setting();
    const points = all();
    const lasso = (eye_m: [number, number, number]): Correction => {
      const ahead = points[7]!.at.map((v, c) => v - eye_m[c]!) as [number, number, number];
      const outline = [0, 1, 2, 3, 4].map((k): [number, number] => [Math.cos(k) / 5, Math.sin(k) / 5]);
      const region = { eye_m, axis: ahead, outline, seen: { cell: 0.05, behind_m: 0.7 } };
      return { id: 'l', was: ['kept', 'vegetation'], becomes: 'halo', lasso: region };
    };
    const every = [
      ball(points[3]!.at, 1.2, 'kept'),
      lasso([40, 30, 20]),
      ball(points[400]!.at, 0.9, 'outlier'),
      { ...ball(points[9]!.at, 1.5, 'vegetation'), was: ['halo', 'kept'] as const },
      lasso([-30, 5, 0]),
    ];
    const anew = (corrections: readonly Correction[]) => {
      held.correct([]);
      const moved = held.correct(corrections);
      return { moved, drawn: drawn() };
    };
    const orders = [[0, 1, 2, 3, 4], [0, 1, 2], [0, 1, 2, 4], [1, 2, 4], [4, 3, 2, 1, 0], [], [3, 1]];
    const expected = orders.map((order) => anew(order.map((k) => every[k]!)));
    expect(expected[0]!.moved.every((n) => n > 0)).toBe(true);
    held.correct([]);
    for (const [n, order] of orders.entries()) {
      // Read anew, as after a save: other values that say the same.
      const moved = held.correct(structuredClone(order.map((k) => ({ ...every[k]!, note: `${n}` }))));
      expect({ moved, drawn: drawn() }).toEqual(expected[n]);
    }
    held.correct(every);
    const both = held.count;
    loaded.pop();
    held.gather();
    const fewer = held.correct(every);
    expect(held.count).toBeLessThan(both);
    expect({ moved: fewer, drawn: drawn() }).toEqual(anew(every));
  });

  it('are found along a line of sight, unless their label is hidden, as long as they are loaded', () => {
    const { held, loaded, shown, all } = setting();
    const points = all();
    const eye = [30, 30, 30] as const;
    const towards = (at: readonly number[]) => {
      const d = at.map((v, c) => v - eye[c]!);
      return d.map((v) => v / Math.hypot(...d)) as [number, number, number];
    };
    for (const k of [0, 17, 299, 300, 412, 599]) {
      const found = held.nearest(eye, towards(points[k]!.at), 1e-6);
      found!.forEach((v, c) => {
        expect(v).toBeCloseTo(points[k]!.at[c]!, 4);
      });
    }
    shown[points[17]!.label] = 0;
    expect(held.nearest(eye, towards(points[17]!.at), 1e-6)).toBeNull();
    expect(held.nearest(eye, towards([60, 60, 60]), 1e-6)).toBeNull();
    loaded.pop();
    held.gather();
    expect(held.count).toBe(300);
    shown.fill(1);
    expect(held.nearest(eye, towards(points[412]!.at), 1e-6)).toBeNull();
  });
});

describe('corrections on the desk', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const frame = { up: 'z', metres_per_unit: 1, origin_m: [8, 0, 0] };
  const old: Correction = {
    id: 'kept-1',
    was: ['vegetation'],
    becomes: 'kept',
    brush: { radius_m: 1, at_m: [[1, 2, 3]] },
  };
  /** A release whose frame begins two metres from the file's, and what its points were asked to show. */
  function setting() {
    vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => {}, removeItem: () => {} });
    const api = { ask: async () => [], document: () => new Promise(() => {}) } as unknown as Api;
    const opened = { key: 'monuments/gate/corrections/2024', kind: 'corrections', revision: 'r0' };
    const value: Corrections = { frame, corrections: [old] };
    const desk = new Cleaning(api, opened as unknown as Opened<Corrections>, value, 'Mai');
    const cloud = {
      shown: [] as readonly Correction[],
      ended: false,
      size_m: 60,
      preview: (all: readonly Correction[]) => {
        cloud.shown = all;
        return all.map(() => 5);
      },
      sketch: () => 7,
      show: () => {},
      end: () => {
        cloud.ended = true;
      },
    };
    const made = { up: 'z', metres_per_unit: 1, origin_m: [10, 0, 0], corrections: [] };
    const epochs = [{ id: '2024', cleaning: 'cleaning.json' }];
    const scene = {
      app: { state: { release: { monuments: [{ id: 'gate', epochs }] } }, document: async () => made },
      cloud: async () => cloud,
    } as unknown as Handle;
    return { desk, cloud, scene };
  }

  it('are shown and drawn where the release has them, and written where the file has them', async () => {
    const { desk, cloud, scene } = setting();
    await desk.take(scene);
    expect(cloud.shown.map((one) => one.brush!.at_m)).toEqual([[[-1, 2, 3]]]);
    expect(desk.moved.get('kept-1')).toBe(5);
    desk.drawing.at = [1, 1, 1];
    desk.drawing.ball();
    expect(desk.drawing.draft?.moved).toBe(7);
    desk.keep();
    expect(desk.now.corrections.map((one) => [one.id, one.who, one.brush!.at_m])).toEqual([
      ['kept-1', undefined, [[1, 2, 3]]],
      ['kept-2', 'Mai', [[3, 1, 1]]],
    ]);
    expect(cloud.shown.map((one) => one.brush!.at_m)).toEqual([[[-1, 2, 3]], [[1, 1, 1]]]);
    desk.end();
    expect(cloud.ended).toBe(true);
  });

  it('of a version in another frame are neither shown nor added to, until that is taken back', async () => {
    const { desk, cloud, scene } = setting();
    await desk.take(scene);
    desk.restore({ frame: { ...frame, up: 'y' }, corrections: [old, { ...old, id: 'kept-9' }] });
    expect([desk.hindrance, desk.cloud, cloud.shown, desk.moved.size]).toEqual(['frame', null, [], 0]);
    desk.drawing.at = [1, 1, 1];
    desk.drawing.ball();
    desk.keep();
    expect(desk.now.corrections).toHaveLength(2);
    desk.history.undo();
    expect([desk.hindrance, desk.cloud === null, cloud.shown.length]).toEqual([null, false, 1]);
    desk.end();
  });

  it('let go of points that come when they have left the desk', async () => {
    const { desk, cloud, scene } = setting();
    const taken = desk.take(scene);
    desk.end();
    await taken;
    expect([cloud.ended, desk.cloud]).toEqual([true, null]);
  });
});

describe('the build that applies them', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  it('is followed over answers that do not come, to the release that it made', async () => {
    vi.useFakeTimers();
    const build = (status: string, release: string | null = null) => ({ id: 'b', status, release }) as Build;
    const answers: (Build[] | null)[] = [[build('running')], null, [build('done', 'r2')]];
    const asked: string[] = [];
    const api = {
      ask: async (method: string, path: string) => {
        asked.push(`${method} ${path}`);
        if (method === 'POST') return build('running');
        if (path === 'releases') return [{ id: 'r1' }, { id: 'r2' }];
        const found = answers.shift();
        if (!found) throw new Refusal(0, '');
        return found;
      },
    } as unknown as Api;
    const building = new Building(api, () => {});
    const made: string[] = [];
    void building.start(
      (one) => one,
      ({ id }) => made.push(id),
    );
    await vi.advanceTimersByTimeAsync(3000);
    expect([building.build?.status, made]).toEqual(['running', []]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([building.build?.status, made]).toEqual(['done', ['r2']]);
    expect(asked).toEqual(['POST builds', ...Array(3).fill(['GET builds', 'GET releases']).flat()]);
    // Left before its end: nobody is told, and nothing more is asked.
    answers.push([build('running')], [build('done', 'r1')]);
    const left = new Building(api, () => {});
    void left.start(
      (one) => one,
      ({ id }) => made.push(id),
    );
    await vi.advanceTimersByTimeAsync(0);
    left.end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([made, answers.length]).toEqual([['r2'], 1]);
  });

  it('is called off, and followed until it has stopped', async () => {
    vi.useFakeTimers();
    const build = (status: string) => ({ id: 'b 1', status, release: null }) as Build;
    let status = 'running';
    const asked: string[] = [];
    const api = {
      ask: async (method: string, path: string) => {
        asked.push(`${method} ${path}`);
        return method === 'GET' ? [build(status)] : build('running');
      },
    } as unknown as Api;
    const seen: (string | undefined)[] = [];
    const building: Building = new Building(api, () => seen.push(building.build?.status));
    void building.start(
      (one) => one,
      () => seen.push('a release'),
    );
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.at(-1)).toBe('running');
    await building.cancel();
    expect(asked.at(-1)).toBe('DELETE builds/b 1');
    status = 'stopped';
    await vi.advanceTimersByTimeAsync(3000);
    expect(seen.at(-1)).toBe('stopped');
    const until = asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([asked.length, seen.includes('a release')]).toEqual([until, false]);
  });
});

describe('corrections as fields', () => {
  const one = (id: string, more: Partial<Correction> = {}): Correction => ({
    id,
    was: ['vegetation'],
    becomes: 'kept',
    brush: { radius_m: 1, at_m: [[0, 0, 0]] },
    ...more,
  });
  const of = (...corrections: Correction[]): Corrections => ({
    frame: { up: 'z', metres_per_unit: 1, origin_m: [0, 0, 0] },
    corrections,
  });
  const { apart, together } = CORRECTIONS;

  it('come together as they were', () => {
    const value = of(one('b'), one('a', { note: 'moss' }));
    expect(together(apart(value))).toEqual(value);
  });

  it('of two people are both kept, and what both changed is told', () => {
    const base = of(one('a'));
    const [mine, theirs] = [of(one('a'), one('mine')), of(one('a'), one('theirs'))];
    const both = merged(apart(base), apart(mine), apart(theirs));
    expect(both.clashes).toEqual([]);
    expect(
      together(both.fields)
        .corrections.map(({ id }) => id)
        .sort(),
    ).toEqual(['a', 'mine', 'theirs']);
    const [left, right] = [of(one('a', { becomes: 'ground' })), of(one('a', { becomes: 'halo' }))];
    expect(merged(apart(base), apart(left), apart(right)).clashes.map((c) => c.field)).toEqual([
      'corrections/a',
    ]);
  });
});
