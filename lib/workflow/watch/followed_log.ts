/** A figure by the steps at which it is known. */
export interface FollowedSeries {
  readonly x: number[];
  readonly y: number[];
}

/** Keys of a line that are no figures. */
const NO_FIGURES = ["step", "time"];

/** The lines of a training's log, of which each look reads the new ones alone. */
export class FollowedLog {
  readonly path: string;
  #series: Record<string, FollowedSeries> = {};
  /** Bytes that have been read, all of whole lines. */
  #read = 0;
  #lastStep = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Every figure so far; a log that was cut back is read anew. */
  async look(): Promise<Readonly<Record<string, FollowedSeries>>> {
    const file = await Deno.readFile(this.path);
    if (file.length < this.#read || !this.#take(file)) {
      this.#series = {};
      this.#read = 0;
      this.#lastStep = 0;
      this.#take(file);
    }
    return this.#series;
  }

  /** Takes new whole lines; false where they do not go on from the old ones. */
  #take(file: Uint8Array<ArrayBuffer>): boolean {
    const end = file.lastIndexOf(10) + 1;
    const text = new TextDecoder().decode(file.subarray(this.#read, end));
    for (const line of text.split("\n").slice(0, -1)) {
      const record = parsed(line);
      if (record === undefined || record.step! < this.#lastStep) return false;
      this.#add(record);
    }
    this.#read = Math.max(this.#read, end);
    return true;
  }

  #add({ step, ...values }: Readonly<Record<string, number | null>>): void {
    this.#lastStep = step!;
    for (const [name, value] of Object.entries(values)) {
      if (value === null || NO_FIGURES.includes(name)) continue;
      const series = this.#series[name] ??= { x: [], y: [] };
      series.x.push(step!);
      series.y.push(value);
    }
  }
}

function parsed(line: string): Record<string, number | null> | undefined {
  try {
    const record = JSON.parse(line);
    return Number.isSafeInteger(record.step) ? record : undefined;
  } catch {
    return undefined;
  }
}
