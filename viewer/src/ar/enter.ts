/** Into the room around the visitor: a session of the browser's own, a model from this site, and a way back. */
import type { Object3D } from 'three';
import type { Ended, Step } from '../core/placing.ts';
import { tileLoader } from '../scene/loader.ts';
import { Room } from './room.ts';

export interface Stay {
  room: Room;
  leave: () => void;
}

export interface Asked {
  /** Address of a GLB of this site. */
  file: string;
  /** It keeps its size and stands by its front edge; else it stands by its middle. */
  real: boolean;
  /** What of the page is seen in the session, where the device can. */
  overlay: HTMLElement;
  onStep: (step: Step) => void;
  onEnd: (ended: Ended) => void;
}

function reasonOf(error: unknown): Ended {
  const { name } = error as DOMException;
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  return name === 'InvalidStateError' ? 'busy' : 'unable';
}

/** To be called in answer to a press. Null where there is no session; `onEnd` has been told why. */
export async function enter({ file, real, overlay, onStep, onEnd }: Asked): Promise<Stay | null> {
  let session: XRSession | null = null;
  let room: Room;
  try {
    session = await navigator.xr!.requestSession('immersive-ar', {
      requiredFeatures: ['hit-test'],
      optionalFeatures: ['dom-overlay', 'anchors'],
      domOverlay: { root: overlay },
    });
    room = new Room(session, onStep);
  } catch (error) {
    session?.end().catch(() => {});
    onEnd(reasonOf(error));
    return null;
  }
  // Whoever ends it: the visitor by button or the system's own way back, the device, or a failure here.
  let ended: Ended = 'gone';
  session.addEventListener('end', () => {
    room.close();
    onEnd(ended);
  });
  const leave = (why: Ended = null) => {
    ended = why;
    session.end().catch(() => {}); // it may have ended by itself
  };
  room.begin().catch((error) => leave(reasonOf(error)));
  read(file).then(
    (model) => room.show(model, real),
    () => leave('missing'),
  );
  return { room, leave: () => leave() };
}

async function read(file: string): Promise<Object3D> {
  const response = await fetch(file);
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return (await tileLoader().parseAsync(await response.arrayBuffer(), '')).scene;
}
