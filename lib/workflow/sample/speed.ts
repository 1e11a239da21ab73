import type { JsonRecord } from "../../artifact/mod.ts";
import type { ProgressTask } from "../../pipeline/mod.ts";
import {
  CountedEngine,
  type Engine,
  type HardwarePeak,
  type LeastSeconds,
} from "../../tensor/mod.ts";

/** Runs shorter than this are not worth a second of measuring the hardware. */
const LONG_RUN_SECONDS = 60;

/** Watches how fast images come, and how near that is to what the hardware allows. */
export class Speed {
  /** The engine to sample on; its runs are counted. */
  readonly engine: CountedEngine;
  readonly #tokens: number;
  #task: ProgressTask | undefined;
  #done = 0;
  #peak: HardwarePeak | undefined;
  /** Seconds that measuring took. */
  #measuring = 0;

  /** @param tokens tokens of an image */
  constructor(engine: Engine, tokens: number) {
    this.engine = new CountedEngine(engine);
    this.#tokens = tokens;
  }

  /** Begins to watch, when everything is compiled. */
  start(task: ProgressTask): void {
    this.#task = task;
    this.engine.reset();
  }

  /** Counts a token of some images and shows it. */
  advance(images: number): void {
    this.#done += images;
    this.#task?.advance(images, this.#note());
  }

  /** Whether the run is long enough to measure the hardware, once. */
  get wantsPeak(): boolean {
    return this.#peak === undefined && this.#seconds >= LONG_RUN_SECONDS &&
      this.engine.measurePeak !== undefined;
  }

  /** Measures the hardware, which must be idle. */
  async measure(): Promise<void> {
    const before = this.#seconds;
    this.#peak = await this.engine.measurePeak?.();
    this.#measuring += this.#seconds - before;
  }

  /** Ends the task. Figures of this run; without shares where it was short. */
  finish(): JsonRecord {
    this.#task?.advance(0, this.#note());
    this.#task?.finish();
    const seconds = this.#seconds;
    const least = this.#least();
    return {
      seconds,
      imagesPerSecond: this.#done / this.#tokens / seconds,
      tokensPerSecond: this.#done / seconds,
      ...least && {
        shareOfBound: least.both / seconds,
        boundBy: least.flops > least.bytes ? "arithmetic" : "memory",
        peak: { ...this.#peak },
      },
    };
  }

  get #seconds(): number {
    return (this.#task?.seconds ?? 0) - this.#measuring;
  }

  #least(): LeastSeconds | undefined {
    return this.#peak && this.engine.leastSeconds(this.#peak);
  }

  #note(): string {
    const seconds = this.#seconds;
    if (!(seconds > 0)) return "";
    const rate = this.#done / this.#tokens / seconds;
    const least = this.#least();
    return [
      `${rate.toPrecision(3)} images/s`,
      ...least === undefined
        ? []
        : [`${(100 * least.both / seconds).toFixed(0)}% of the bound`],
    ].join("  ");
  }
}
