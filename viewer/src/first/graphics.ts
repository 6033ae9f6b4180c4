/** Whether pictures can be drawn here, and whether a graphics card draws them. */
export interface Drawable {
  webgl: boolean;
  /** Edges may be smoothed. */
  smooth: boolean;
  strong: boolean;
}

export function drawableBy(gl: WebGL2RenderingContext | null): Drawable {
  if (!gl) return { webgl: false, smooth: false, strong: false };
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  // Smoothed edges double the work of a processor, and dense screens hardly show them.
  const strong = !/swiftshader|llvmpipe|software/i.test(name);
  return { webgl: true, smooth: strong && devicePixelRatio < 2, strong };
}
