import { ioError } from "../artifact/mod.ts";

/** How records lie in a file that only grows. */
export interface RecordFormat {
  /** Whole records from the start of a file: where each ends, and its step. */
  places(
    file: Uint8Array<ArrayBuffer>,
  ): Iterable<{ readonly end: number; readonly step: number }>;
}

/**
 * A file of records of steps that grows, and that a resumed training cuts back
 * to the step at which it goes on, so that no step is there twice.
 */
export class AppendLog {
  readonly path: string;
  /** The last step in the file. */
  readonly lastStep: number;
  readonly #file: Deno.FsFile;

  private constructor(path: string, file: Deno.FsFile, lastStep: number) {
    this.path = path;
    this.#file = file;
    this.lastStep = lastStep;
  }

  /**
   * Opens a file without what it holds of steps after `step`, or of a record
   * that was cut.
   *
   * @throws {UserError} where it cannot be read or written
   */
  static async open(
    path: string,
    { step, format }: { step: number; format: RecordFormat },
  ): Promise<AppendLog> {
    try {
      const file = await Deno.open(path, {
        read: true,
        write: true,
        create: true,
      });
      let [end, last] = [0, 0];
      for (const place of format.places(await Deno.readFile(path))) {
        if (place.step > step) break;
        ({ end, step: last } = place);
      }
      await file.truncate(end);
      await file.seek(end, Deno.SeekMode.Start);
      return new AppendLog(path, file, last);
    } catch (error) {
      throw ioError(error, `Cannot write the log "${path}"`);
    }
  }

  /** Whether nothing is in the file. */
  get empty(): boolean {
    return this.#file.statSync().size === 0;
  }

  /**
   * Adds records.
   *
   * @throws {UserError} where the file cannot be written
   */
  append(records: Uint8Array): void {
    try {
      for (let done = 0; done < records.length;) {
        done += this.#file.writeSync(records.subarray(done));
      }
    } catch (error) {
      throw ioError(error, `Cannot write the log "${this.path}"`);
    }
  }

  close(): void {
    this.#file.close();
  }
}

const NEWLINE = 10;

/** Lines of JSON objects that each hold their `step`. */
export const JSON_LINES: RecordFormat = {
  *places(file) {
    const decoder = new TextDecoder();
    for (let start = 0;;) {
      const newline = file.indexOf(NEWLINE, start);
      if (newline < 0) return;
      const step = stepOfLine(decoder.decode(file.subarray(start, newline)));
      if (step === undefined) return;
      yield { end: newline + 1, step };
      start = newline + 1;
    }
  },
};

function stepOfLine(line: string): number | undefined {
  try {
    const { step } = JSON.parse(line);
    return Number.isSafeInteger(step) ? step : undefined;
  } catch {
    return undefined;
  }
}
