/** Inline styles through the object model: the content security policy forbids style attributes. */
import { type ElementPart, noChange } from 'lit';
import { Directive, directive } from 'lit/directive.js';

class Styled extends Directive {
  render(_styles: Readonly<Record<string, string>>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [styles]: [Readonly<Record<string, string>>]): unknown {
    const { style } = part.element as HTMLElement | SVGElement;
    for (const [name, value] of Object.entries(styles)) style.setProperty(name, value);
    return noChange;
  }
}

/** `<i ${styled({ left: '3px' })}>`. */
export const styled = directive(Styled);
