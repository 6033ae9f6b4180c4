/** The way into a headset: what goes wrong is said on the page, which goes on. */
import type { App } from '../app/app.ts';
import { Headset } from './headset.ts';

/** Why a headset could not be entered, as the end of a message's name. */
function reasonOf(error: unknown): string {
  const { name } = error as DOMException;
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'InvalidStateError') return 'busy';
  return name === 'NotSupportedError' ? 'unable' : 'failed';
}

/** The browser is asking, or the headset is getting ready. */
let entering = false;

/** Enter the headset; to be called in answer to a press. */
export async function wear(app: App): Promise<void> {
  const { view } = app;
  if (!view || app.headset || entering) return;
  entering = true;
  app.set({ headset: null });
  let session: XRSession | null = null;
  try {
    session = await navigator.xr!.requestSession('immersive-vr', { requiredFeatures: ['local-floor'] });
    const { xr } = view.stage.renderer;
    xr.enabled = true;
    await xr.setSession(session);
    app.headset = new Headset(app, view, session);
  } catch (error) {
    view.stage.renderer.xr.enabled = false;
    session?.end().catch(() => {}); // it may have ended by itself
    const said = app.state.t(`vr.${reasonOf(error)}`);
    app.set({ headset: said, announcement: said });
  } finally {
    entering = false;
  }
}
