/** What steers how a condition's tiles are drawn (`shader.ts`): they all share it. */
import { DataTexture, LinearFilter, Vector3, Vector4 } from 'three';
import labelTable from '../../../assets/colours/labels.json';

export interface SurfaceUniforms {
  /** Share of pixels kept: those whose noise lies in [x, y). */
  keep: { value: [number, number] };
  /** The part of a state that is chosen, -1 for none. */
  chosenPart: { value: number };
  /** 0 off, 1 on. */
  change: { value: number };
  /** Metres that the attribute's 1.0 stands for, colour range in metres, and the visitor's threshold in metres. */
  changeScale: { value: number };
  changeRange: { value: number };
  changeThreshold: { value: number };
  changeTable: { value: DataTexture };
  /** Measured points: 0 their own colours, 1 by label; which labels are drawn; every label's colour, sRGB. */
  labels: { value: number };
  labelShown: { value: number[] };
  labelColours: { value: Vector3[] };
  /** The least spacing of measured points met so far, metres. */
  pointSpacing: { value: number };
  /** The plane of a section, in the scene's frame: its unit normal and the origin's way from it; zero for none. */
  cut: { value: Vector4 };
  pixelRatio: { value: number };
}

/** A texture of a colour table's sRGB bytes, read in the shader after the output was encoded. */
export function tableTexture(bytes: Uint8Array): DataTexture {
  const texture = new DataTexture(bytes as Uint8Array<ArrayBuffer>, bytes.length / 4, 1);
  texture.minFilter = texture.magFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

export const LABELS = labelTable.labels.map(({ reason }) => reason);

export function surfaceUniforms(
  table: DataTexture,
  pixelRatio: SurfaceUniforms['pixelRatio'],
): SurfaceUniforms {
  return {
    keep: { value: [0, 1] },
    chosenPart: { value: -1 },
    change: { value: 0 },
    changeScale: { value: 1 },
    changeRange: { value: 0.1 },
    changeThreshold: { value: 0 },
    changeTable: { value: table },
    labels: { value: 0 },
    labelShown: { value: LABELS.map(() => 1) },
    labelColours: {
      value: labelTable.labels.map(({ colour: [r, g, b] }) => new Vector3(r! / 255, g! / 255, b! / 255)),
    },
    pointSpacing: { value: 1e3 },
    cut: { value: new Vector4(0, 0, 0, 0) },
    pixelRatio,
  };
}
