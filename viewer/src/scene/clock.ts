/**
 * When the next frame is: the window's, or the headset's while one is worn. Browsers let the window's frames rest during
 * an immersive session, and whatever waits for one would wait until it ends.
 */

type Call = (time: number) => void;

export class Clock {
  private readonly calls = new Map<number, Call>();
  private next = 1;
  private asked = 0;
  private worn = false;

  /** Call back with the next frame. Returns what `cancel` takes; never 0. */
  request(call: Call): number {
    this.calls.set(this.next, call);
    this.ask();
    return this.next++;
  }

  cancel(id: number): void {
    this.calls.delete(id);
  }

  /** From now on somebody else says when a frame is, by `run`; or the window does again. */
  wear(worn: boolean): void {
    this.worn = worn;
    cancelAnimationFrame(this.asked);
    this.asked = 0;
    if (this.calls.size > 0) this.ask();
  }

  /** It is the next frame. */
  run(time: number): void {
    this.asked = 0;
    const calls = [...this.calls.values()];
    this.calls.clear();
    for (const call of calls) call(time);
  }

  private ask(): void {
    if (!this.worn && this.asked === 0) this.asked = requestAnimationFrame((time) => this.run(time));
  }
}
