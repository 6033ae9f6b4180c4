import { BufferAttribute, BufferGeometry } from 'three';
import { describe, expect, it } from 'vitest';
import type { StateEntry } from '../../src/core/release.ts';
import { certaintiesOf, partsOf } from '../../src/core/states.ts';
import { claimed, codesOf, partAt } from '../../src/scene/certainty.ts';

const part = (id: string, certainty: StateEntry['certainty']) => ({
  id,
  title: {},
  certainty,
  evidence: [],
  without_evidence: null,
  author: null,
  period: null,
  time: null,
});

const state = (parts: StateEntry['parts'] | undefined): StateEntry =>
  ({ ...part('1885', 'probable'), parts }) as unknown as StateEntry;

const geometry = (features: number[] | null) => {
  const made = new BufferGeometry();
  made.setAttribute('position', new BufferAttribute(new Float32Array(9), 3));
  if (features) made.setAttribute('_feature_id_0', new BufferAttribute(new Uint8Array(features), 1));
  return made;
};

describe('parts of a state', () => {
  const mixed = state([part('crown', 'conjectural'), part('base', 'documented'), part('rail', 'documented')]);

  it('are in the order of their feature ids; their certainties from the surest', () => {
    expect(codesOf(mixed)).toEqual([2, 0, 0]);
    expect(certaintiesOf([mixed])).toEqual(['documented', 'conjectural']);
  });

  it('are one in a release from before there were parts', () => {
    expect(partsOf(state(undefined)).map(({ certainty }) => certainty)).toEqual(['probable']);
    expect(codesOf(state([]))).toEqual([1]);
  });

  it('reach every vertex with their certainty', () => {
    const tile = geometry([1, 1, 0]);
    claimed(tile, codesOf(mixed));
    expect([...tile.getAttribute('claim').array]).toEqual([1, 0, 1, 0, 0, 2]);
    expect(partAt(tile, 2)).toBe(0);
  });

  it('count as the least sure where a tile names one that the release does not have', () => {
    const tile = geometry([7, 7, 7]);
    claimed(tile, codesOf(mixed));
    expect(tile.getAttribute('claim').getY(0)).toBe(2);
    expect(partAt(geometry(null), 0)).toBeNull();
  });
});
