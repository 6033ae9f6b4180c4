/** An annotation over the scene in its term's colour; an area has its pattern where nearly all of its outline is seen. */
import { nothing, svg } from 'lit';
import { patternPath } from '../core/mapping.ts';
import { painters } from './marks.ts';
import { styled } from './styled.ts';

painters.mapped = (mark, on, d, { x, y }, seen) => {
  if (!mark.look) return nothing;
  const { colour, pattern, filled, dashed } = mark.look;
  const id = `mapped-${pattern}-${colour.slice(1)}`;
  const whole = filled && seen > 0.85 && on.every((p) => p !== null);
  const ring = on.map((p) => `${p?.x.toFixed(1)},${p?.y.toFixed(1)}`).join(' ');
  return svg`<g class="mapped">
    ${
      whole
        ? svg`<defs><pattern id=${id} width="10" height="10" patternUnits="userSpaceOnUse">
            <rect width="10" height="10" fill=${colour} fill-opacity="0.22"></rect>
            <path class="tile" d=${patternPath(pattern, 10)} ${styled({ stroke: colour })}></path>
          </pattern></defs><polygon points=${ring} fill="url(#${id})"></polygon>`
        : nothing
    }
    <path class="under" d=${d}></path>
    <path d=${d} ${styled({ stroke: colour })} stroke-dasharray=${dashed ? '8 6' : nothing}></path>
    ${mark.dots ? on.map((p) => (p ? svg`<circle cx=${p.x} cy=${p.y} r="7" ${styled({ fill: colour })}></circle>` : nothing)) : nothing}
    ${mark.text ? svg`<text x=${x} y=${y} text-anchor="middle" dy=${mark.dots ? -12 : 6}>${mark.text}</text>` : nothing}
  </g>`;
};
