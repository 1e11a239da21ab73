import { join } from "node:path";

/** A moment of a training: how far it was, and what memory it had. */
export interface Reading {
  /** Seconds since its process started. */
  readonly seconds: number;
  /** Steps whose scalars are in its log. */
  readonly steps: number;
  /** Memory of the process. */
  readonly bytes: number;
}

/** How a watched command ended. */
export interface Watched {
  readonly success: boolean;
  readonly readings: readonly Reading[];
  /** Steps in its log when it ended. */
  readonly steps: number;
}

/** Time between two readings. */
const EVERY_MS = 100;

/**
 * Runs a command of the toolkit and reads its log and memory while it does.
 *
 * @param options.log the folder of a training's `--log`
 * @param options.killAt steps at which it is killed; never unless given
 */
export async function watched(
  args: readonly string[],
  { folder, log, killAt = Infinity }: {
    readonly folder: string;
    readonly log: string;
    readonly killAt?: number;
  },
): Promise<Watched> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(ROOT, "cli.ts"), ...args],
    cwd: folder,
    env: { INIT_CWD: folder },
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const scalars = join(folder, log, "train-vae", "scalars.jsonl");
  const readings: Reading[] = [];
  let running = true;
  const ended = child.status.finally(() => running = false);
  while (running) {
    const reading = {
      seconds: (performance.now() - start) / 1000,
      steps: await stepsIn(scalars),
      bytes: await memoryOf(child.pid),
    };
    if (reading.bytes > 0) readings.push(reading);
    if (reading.steps >= killAt && running) child.kill("SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  const { success } = await ended;
  return { success, readings, steps: await stepsIn(scalars) };
}

const ROOT = join(import.meta.dirname!, "../..");

async function stepsIn(path: string): Promise<number> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.split("\n").length - 1;
}

/** Memory of a process now; 0 where it has ended. */
async function memoryOf(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`)
    .catch(() => "");
  const [, kilobytes = "0"] = /VmRSS:\s+(\d+) kB/.exec(status) ?? [];
  return Number(kilobytes) * 1024;
}
