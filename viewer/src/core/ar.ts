/** The addresses by which phones put a model into the room around them. */

/**
 * Google's Scene Viewer: `file` is the absolute address of a GLB, `fixed` keeps the model in its size. Where there is no
 * Scene Viewer the browser goes back to `page`.
 */
export function sceneViewer(file: string, title: string, fixed: boolean, page: string): string {
  const asked = new URLSearchParams({ file, mode: 'ar_preferred', title, resizable: String(!fixed) });
  return (
    `intent://arvr.google.com/scene-viewer/1.2?${asked}#Intent;scheme=https;` +
    'package=com.google.android.googlequicksearchbox;action=android.intent.action.VIEW;' +
    `S.browser_fallback_url=${encodeURIComponent(page)};end;`
  );
}

/** Apple's Quick Look: `file` is the absolute address of a USDZ; `fixed` keeps the model in its size. */
export const quickLook = (file: string, fixed: boolean): string =>
  fixed ? `${file}#allowsContentScaling=0` : file;
