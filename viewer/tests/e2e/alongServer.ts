/** A server of the fixture under releases `1` and `2`, with two tours to take along; it can break, lie and stop. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const DIST = process.env.HERITAGE_DIST ?? here('../../../heritage/web/dist');
// As serve.mjs makes it for this run.
const FIXTURE = here(`../fixture/site-${process.env.E2E_PORT ?? 5174}/release`);
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; connect-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'";
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

const files = (folder = ''): string[] =>
  readdirSync(join(FIXTURE, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder ? `${folder}/${entry.name}` : entry.name;
    return entry.isDirectory() ? files(path) : [path];
  });

/** What tour `gate` needs: its monument in full, and of the pavilion the first tile only, as a build chooses. */
const needed = (tour: string): string[] => {
  const common = ['release.json', 'footprints.json', 'search.json', `tours/${tour}/tour.json`];
  const root = readFirst('monuments/pavilion/epochs/2024');
  const own = files().filter((path) =>
    tour === 'gate'
      ? /^(map|media|monuments\/gate|tours\/gate)\//.test(path) && !path.includes('/points/')
      : false,
  );
  return [...new Set([...common, ...own, 'monuments/pavilion/epochs/2024/tileset.json', root])].sort();
};

function readFirst(folder: string): string {
  const { root } = JSON.parse(readFileSync(join(FIXTURE, folder, 'tileset.json'), 'utf8'));
  return `${folder}/${root.content.uri}`;
}

export class Site {
  release = '1';
  /** Paths whose content differs from what the lists promise. */
  readonly lies = new Set<string>();
  /** How many more files of releases are answered; then connections break. */
  patience = Number.POSITIVE_INFINITY;
  /** Recordings never arrive. */
  slow = false;
  /** Of tilesets only the first half arrives. */
  half = false;
  address = '';
  private server: Server | null = null;
  private port = 0;

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url!, 'http://x').pathname).slice(1);
      const body = this.body(path);
      if (body === 'broken') {
        response.destroy();
        return;
      }
      const head = {
        'Content-Security-Policy': POLICY,
        'Cache-Control': 'no-cache',
        'X-Content-Type-Options': 'nosniff',
      };
      if (this.slow && path.includes('/media/')) return;
      if (!body) {
        response.writeHead(404, head).end();
        return;
      }
      if (this.half && path.endsWith('/tileset.json')) {
        response.writeHead(200, { ...head, 'Content-Type': 'application/json' });
        response.write(body.subarray(0, body.length >> 1), () => response.destroy());
        return;
      }
      const type = TYPES[path === '' ? '.html' : extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { ...head, 'Content-Type': type }).end(body);
    });
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    const bound = this.server.address();
    if (bound === null || typeof bound === 'string') throw new Error('no port');
    this.port = bound.port;
    this.address = `http://127.0.0.1:${this.port}/`;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  }

  private body(path: string): Buffer | 'broken' | null {
    if (path === '') {
      const page = readFileSync(join(DIST, 'index.html'), 'utf8');
      return Buffer.from(
        page.replace('<!--heritage:head-->', `<meta name="heritage-base" content="r/${this.release}/">`),
      );
    }
    const found = /^r\/(\d)\/(.+)$/.exec(path);
    if (!found) return read(join(DIST, path));
    if (this.patience-- <= 0) return 'broken';
    const [, release, name] = found;
    // A host keeps the last release only.
    if (release !== this.release) return null;
    return this.lies.has(name!) ? Buffer.from('{}') : content(release!, name!);
  }
}

const read = (path: string) => (existsSync(path) && statSync(path).isFile() ? readFileSync(path) : null);

function content(release: string, name: string): Buffer | null {
  const list = /^tours\/(\w+)\/take-along\.json$/.exec(name);
  if (list) {
    const entries = needed(list[1]!).map((path) => {
      const data = content(release, path)!;
      const sha256 = createHash('sha256').update(data).digest('hex');
      return { path, sha256, bytes: data.length, type: TYPES[extname(path)] ?? 'application/octet-stream' };
    });
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    return Buffer.from(JSON.stringify({ tour: list[1], release, bytes, files: entries }));
  }
  if (name === 'tours/second/tour.json') {
    const tour = JSON.parse(readFileSync(join(FIXTURE, 'tours/gate/tour.json'), 'utf8'));
    const show = { epoch: '2024', state: null };
    const stops = tour.stops
      .slice(0, 1)
      .map((stop: object) => ({ ...stop, show, compare: null, narration: {} }));
    return Buffer.from(JSON.stringify({ ...tour, id: 'second', monument: 'pavilion', stops }));
  }
  if (name !== 'release.json') return read(join(FIXTURE, name));
  const document = JSON.parse(readFileSync(join(FIXTURE, name), 'utf8'));
  const [gate] = document.tours;
  document.id = release;
  document.title.en = `Precinct ${release}`;
  document.tours = [
    { ...gate, take_along: 'tours/gate/take-along.json' },
    {
      ...gate,
      id: 'second',
      monument: 'pavilion',
      title: { en: 'The pavilion' },
      url: 'tours/second/tour.json',
      stops: 1,
      take_along: 'tours/second/take-along.json',
    },
  ];
  return Buffer.from(JSON.stringify(document));
}
