/** Which names can stand over the picture without lying on each other: rectangles in pixels, the larger monument's first. */

export interface Area {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Room around a name; one that is not shown yet needs more, so that names do not flicker while the camera moves. */
export const ROOM_PX = 4;
export const ROOM_TO_APPEAR_PX = 18;

/** Whether two areas come closer than `room` to each other along both axes. */
export const crowded = (a: Area, b: Area, room: number): boolean =>
  a.x < b.x + b.w + room && b.x < a.x + a.w + room && a.y < b.y + b.h + room && b.y < a.y + a.h + room;

/** For each name, in the order of their weight, whether it stands; `taken` is where none may. */
export function standing(
  names: readonly { area: Area; shown: boolean }[],
  taken: readonly Area[],
): readonly boolean[] {
  const full = [...taken];
  return names.map(({ area, shown }) => {
    const room = shown ? ROOM_PX : ROOM_TO_APPEAR_PX;
    const free = !full.some((other) => crowded(area, other, room));
    if (free) full.push(area);
    return free;
  });
}
