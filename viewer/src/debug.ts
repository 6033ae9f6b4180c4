/** `window.heritage` under `?debug`: what tests need to know when the picture is complete. */
import type { App } from './app/app.ts';

const QUIET_MS = 250;

export interface Debug {
  app: App;
  /** Resolves when every visible tile is loaded and drawn and nothing has moved for a while. */
  settled: (timeout_ms?: number) => Promise<void>;
}

export function expose(app: App): void {
  const settled = (timeout_ms = 30_000) =>
    new Promise<void>((resolve, reject) => {
      const start = performance.now();
      let quietSince = start;
      const look = () => {
        const now = performance.now();
        const early = document.querySelector('.first-picture');
        if (!app.view?.settled || early) quietSince = now;
        if (now - quietSince > QUIET_MS) resolve();
        else if (now - start > timeout_ms) reject(new Error('the scene did not settle'));
        else setTimeout(look, 50);
      };
      look();
    });
  (window as unknown as { heritage: Debug }).heritage = { app, settled };
}
