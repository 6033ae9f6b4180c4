/**
 * Markup from a release, cut down to a short list of elements. The builder has sanitised it already, but a release
 * may come from elsewhere: what is not on the list keeps its text and loses its tag.
 */
const ALLOWED = new Set(
  'P BR EM STRONG B I UL OL LI BLOCKQUOTE H3 H4 A SUB SUP CODE FIGURE FIGCAPTION RUBY RT RP BDI BDO SPAN HR'.split(
    ' ',
  ),
);
const DROPPED = new Set('SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED NOSCRIPT SVG MATH'.split(' '));
const KEPT_ATTRIBUTES = new Set(['lang', 'dir']);

function copy(from: Node, to: Node, page: Document): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.appendChild(page.createTextNode(node.textContent ?? ''));
      continue;
    }
    if (!(node instanceof Element) || DROPPED.has(node.tagName.toUpperCase())) continue;
    if (!ALLOWED.has(node.tagName)) {
      copy(node, to, page);
      continue;
    }
    const made = page.createElement(node.tagName);
    for (const { name, value } of node.attributes)
      if (KEPT_ATTRIBUTES.has(name)) made.setAttribute(name, value);
    if (made instanceof HTMLAnchorElement) link(made, node.getAttribute('href') ?? '');
    copy(node, made, page);
    to.appendChild(made);
  }
}

/** Only web addresses, opened apart from the viewer. */
function link(made: HTMLAnchorElement, href: string): void {
  if (!/^https?:\/\//i.test(href)) return;
  made.href = href;
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
}

/** `markup` as nodes that cannot run anything. */
export function sanitised(markup: string): DocumentFragment {
  // A parsed document has no browsing context: nothing in it loads or runs.
  const parsed = new DOMParser().parseFromString(markup, 'text/html');
  const out = document.createDocumentFragment();
  copy(parsed.body, out, document);
  return out;
}
