import { join } from "node:path";
import { ioError, writeBytesAtomic } from "../../artifact/mod.ts";
import {
  AppendLog,
  type EventImage,
  eventRecord,
  eventRecords,
  JSON_LINES,
  versionRecord,
} from "../../report/mod.ts";
import type { TrainingLog } from "../../train/mod.ts";

/** The file of one JSON object a line. */
export const SCALARS = "scalars.jsonl";

/** The newest grid of held-out images. */
export const HELDOUT_PNG = "heldout.png";

/** TensorBoard reads files with "tfevents" in their names. */
const EVENTS = "events.tfevents";

/** Scalars and pictures of a training, as they come, in files that others read. */
export class LogFolder {
  readonly #folder: string;
  readonly #lines: AppendLog;
  readonly #events: AppendLog;

  private constructor(
    folder: string,
    { lines, events }: { lines: AppendLog; events: AppendLog },
  ) {
    this.#folder = folder;
    this.#lines = lines;
    this.#events = events;
  }

  /**
   * Opens the files of a training in a folder, cut back to a step.
   *
   * @throws {UserError} where they cannot be written
   */
  static async open(folder: string, step: number): Promise<LogFolder> {
    try {
      await Deno.mkdir(folder, { recursive: true });
    } catch (error) {
      throw ioError(error, `Cannot make folder "${folder}"`);
    }
    const lines = await AppendLog.open(join(folder, SCALARS), {
      step,
      format: JSON_LINES,
    });
    const events = await AppendLog.open(join(folder, EVENTS), {
      step,
      format: { places: eventRecords },
    });
    if (events.empty) events.append(versionRecord(now()));
    return new LogFolder(folder, { lines, events });
  }

  /** Adds the steps of a log that are missing. */
  fill(log: TrainingLog, step: number): void {
    const from = Math.min(this.#lines.lastStep, this.#events.lastStep);
    for (let at = from; at < step; at++) {
      const scalars = Object.fromEntries(
        Object.entries(log).map(([name, values]) => [name, values[at]!]),
      );
      this.write(at + 1, scalars);
    }
  }

  /** Adds the scalars of a step, which files do not have yet. */
  write(step: number, scalars: Readonly<Record<string, number>>): void {
    const time = now();
    if (step > this.#lines.lastStep) {
      const line = JSON.stringify({ step, time, ...scalars });
      this.#lines.append(new TextEncoder().encode(`${line}\n`));
    }
    if (step > this.#events.lastStep) {
      this.#events.append(eventRecord({ wallTime: time, step, scalars }));
    }
  }

  /** Adds figures of a validation after a step. */
  writeFigures(step: number, figures: Readonly<Record<string, number>>): void {
    this.write(step, mapNames(figures, (name) => `heldout/${name}`));
  }

  /** Adds the picture of a validation after a step. */
  async writePicture(step: number, image: EventImage): Promise<void> {
    const images = { heldout: image };
    this.#events.append(
      eventRecord({ wallTime: now(), step, scalars: {}, images }),
    );
    await writeBytesAtomic(join(this.#folder, HELDOUT_PNG), image.png);
  }

  close(): void {
    this.#lines.close();
    this.#events.close();
  }
}

function mapNames(
  figures: Readonly<Record<string, number>>,
  rename: (name: string) => string,
): Record<string, number> {
  const entries = Object.entries(figures)
    .map(([name, value]) => [rename(name), value] as const);
  return Object.fromEntries(entries);
}

/** Seconds since 1970. */
function now(): number {
  return Date.now() / 1000;
}
