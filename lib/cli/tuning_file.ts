import { dirname, join } from "node:path";
import { writeTextAtomic } from "../artifact/mod.ts";
import { cacheFolder } from "./cache_folder.ts";

/** Choices among kernels that are kept in a file, so that each is measured once. */
export class TuningFile {
  readonly #path: string;
  readonly #choices: Map<string, string>;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, choices: Map<string, string>) {
    this.#path = path;
    this.#choices = choices;
  }

  /** Reads a file; one that is missing or damaged counts as empty. */
  static async open(path: string = tuningPath()): Promise<TuningFile> {
    return new TuningFile(path, await readChoices(path));
  }

  /** What was found fastest. */
  get(key: string): string | undefined {
    return this.#choices.get(key);
  }

  /** Remembers what was found fastest, now and on disk. */
  set(key: string, variant: string): void {
    this.#choices.set(key, variant);
    this.#writing = this.#writing.then(() => this.#write());
  }

  async #write(): Promise<void> {
    const text = JSON.stringify(Object.fromEntries(this.#choices), null, 2);
    try {
      await Deno.mkdir(dirname(this.#path), { recursive: true });
      await writeTextAtomic(this.#path, `${text}\n`);
    } catch {
      // Without the file the next run measures again.
    }
  }

  /** Waits until everything is on disk. */
  async flush(): Promise<void> {
    await this.#writing;
  }
}

function tuningPath(): string {
  return join(cacheFolder(), "kernels.json");
}

async function readChoices(path: string): Promise<Map<string, string>> {
  try {
    const found: unknown = JSON.parse(await Deno.readTextFile(path));
    const entries = Object.entries(found as Record<string, unknown>)
      .filter((entry): entry is [string, string] =>
        typeof entry[1] === "string"
      );
    return new Map(entries);
  } catch {
    return new Map();
  }
}

/** How the GPU engine chooses among kernels on an adapter. */
export async function tuningOf(
  { info }: GPUAdapter,
): Promise<{ readonly choices: TuningFile; readonly tunes: boolean }> {
  return {
    choices: await TuningFile.open(),
    // On software, compiling variants costs more than the best one gains.
    tunes: !info.isFallbackAdapter,
  };
}
