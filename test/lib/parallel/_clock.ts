/** The time of `performance.now`, as a test sets it. */
export class TestClock implements Disposable {
  nowMs = 0;
  readonly #now = performance.now;

  constructor() {
    performance.now = () => this.nowMs;
  }

  [Symbol.dispose](): void {
    performance.now = this.#now;
  }
}
