/** A device's compass. */

const RADIANS = Math.PI / 180;

/**
 * Where a device points that one looks at, clockwise from north, from its orientation (W3C Device Orientation, Z-X'-Y''
 * angles in degrees): along its upper edge while it lies, along its back once it is held upright. Null straight up.
 */
export function deviceHeading(alpha: number, beta: number, gamma: number): number | null {
  const [a, b, g] = [alpha * RADIANS, beta * RADIANS, gamma * RADIANS];
  const [sa, ca, sb, cb, sg, cg] = [
    Math.sin(a),
    Math.cos(a),
    Math.sin(b),
    Math.cos(b),
    Math.sin(g),
    Math.cos(g),
  ];
  // The rotation's columns: where the device's y axis (its top) and its -z axis (its back) lie in east and north.
  const top = [-cb * sa, ca * cb] as const;
  const back = [-(ca * sg + cg * sa * sb), -(sa * sg - ca * cg * sb)] as const;
  const upright = Math.abs(sb); // 1 where the top points to the sky
  const [east, north] = [0, 1].map((k) => (1 - upright) * top[k]! + upright * back[k]!) as [number, number];
  return Math.hypot(east, north) < 0.05 ? null : (Math.atan2(east, north) / RADIANS + 360) % 360;
}
