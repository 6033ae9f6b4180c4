/** The device that shows it: what it bears. */
import { type Means, meansOf } from '../core/means.ts';

const HANDHELD = '(max-width: 760px), (pointer: coarse)';
/** Whether this is a phone or a tablet, which bears less. */
export const handheld = (): boolean => window.matchMedia(HANDHELD).matches;

/** What browsers tell, where they do; missing from the types. */
interface Telling {
  deviceMemory?: number;
  connection?: { saveData?: boolean; effectiveType?: string };
}

/** What this device may hold and this line may carry, as it is now. */
export function means(): Means {
  const { deviceMemory, connection } = navigator as Telling;
  const { saveData, effectiveType } = connection ?? {};
  return meansOf({ handheld: handheld(), deviceMemory, saveData, effectiveType });
}
