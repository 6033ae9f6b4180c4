/**
 * Markup from a release, cut down to a short list of elements. The builder has sanitised it already, but a release
 * may come from elsewhere: what is not on the list keeps its text and loses its tag.
 */
const ALLOWED = new Set(
  'P BR EM STRONG B I UL OL LI BLOCKQUOTE H3 H4 H5 H6 A IMG SUB SUP CODE PRE FIGURE FIGCAPTION RUBY RT RP BDI BDO SPAN HR'.split(
    ' ',
  ),
);
const DROPPED = new Set('SCRIPT STYLE TEMPLATE IFRAME OBJECT EMBED NOSCRIPT SVG MATH'.split(' '));
const KEPT_ATTRIBUTES = new Set(['lang', 'dir', 'start']);
const PICTURE = /^media\/[^\\:?#]+\.(avif|gif|jpe?g|png|webp)$/i;

function copy(from: Node, to: Node, page: Document, base: string): void {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      to.appendChild(page.createTextNode(node.textContent ?? ''));
      continue;
    }
    if (!(node instanceof Element) || DROPPED.has(node.tagName.toUpperCase())) continue;
    if (!ALLOWED.has(node.tagName)) {
      copy(node, to, page, base);
      continue;
    }
    const made = page.createElement(node.tagName);
    for (const { name, value } of node.attributes)
      if (KEPT_ATTRIBUTES.has(name)) made.setAttribute(name, value);
    if (made instanceof HTMLAnchorElement) link(made, node.getAttribute('href') ?? '');
    if (made instanceof HTMLImageElement && !picture(made, node, base)) continue;
    copy(node, made, page, base);
    to.appendChild(made);
  }
}

/** Only the release's own pictures: nothing is loaded from another host. */
function picture(made: HTMLImageElement, from: Element, base: string): boolean {
  const src = from.getAttribute('src') ?? '';
  if (!PICTURE.test(src) || src.split('/').some((part) => /^(\.|%2e){2}$/i.test(part))) return false;
  made.src = base + src;
  made.alt = from.getAttribute('alt') ?? '';
  made.loading = 'lazy';
  return true;
}

/** Only web and mail addresses, opened apart from the viewer. */
function link(made: HTMLAnchorElement, href: string): void {
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return;
  made.href = href;
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
}

/** `markup` as nodes that cannot run anything; its pictures are files of the release at `base`. */
export function sanitised(markup: string, base: string): DocumentFragment {
  // A parsed document has no browsing context: nothing in it loads or runs.
  const parsed = new DOMParser().parseFromString(markup, 'text/html');
  const out = document.createDocumentFragment();
  copy(parsed.body, out, document, base);
  return out;
}
