/** The real server with its studio, on a site of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PYTHON = process.env.PYTHON ?? 'python';
// As serve.mjs makes it for this run.
const FIXTURE = here(`../fixture/site-${process.env.E2E_PORT ?? 5174}/release`);

export class StudioServer {
  /** As it was printed: with the one-time token, where there are no accounts. */
  address = '';
  private readonly site = mkdtempSync(join(tmpdir(), 'studio-'));
  private child: ChildProcess | null = null;

  /** Write the site. */
  make(): void {
    execFileSync(PYTHON, [here('studio_site.py'), FIXTURE, this.site]);
  }

  /** Make accounts; the server asks for them from its next start on. */
  invite(names: readonly string[], password: string, role = 'curator'): void {
    for (const name of names) {
      const add = ['-m', 'heritage', 'user', 'add', this.site, name, '--role', role, '--password-stdin'];
      execFileSync(PYTHON, add, { input: `${password}\n` });
    }
  }

  async start(): Promise<void> {
    const child = spawn(PYTHON, ['-u', '-m', 'heritage', 'serve', this.site, '--port', '0', '--studio']);
    this.child = child;
    this.address = await new Promise((resolve, reject) => {
      let said = '';
      const hear = (data: Buffer) => {
        said += data.toString();
        const found = /(http:\S+\/studio\/\S*)/.exec(said);
        if (found) resolve(found[1]!);
      };
      child.stdout!.on('data', hear);
      child.stderr!.on('data', hear);
      child.on('exit', () => reject(new Error(`the server did not start: ${said}`)));
    });
  }

  /** Where visitors come. */
  get public(): string {
    return new URL('/', this.address).href;
  }

  read(path: string): string {
    return readFileSync(join(this.site, path), 'utf8');
  }

  halt(): void {
    this.child?.removeAllListeners('exit');
    this.child?.kill();
  }

  stop(): void {
    this.halt();
    rmSync(this.site, { recursive: true, force: true });
  }
}
