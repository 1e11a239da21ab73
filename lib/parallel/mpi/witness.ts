import { PASS_ON_MS } from "./last_words.ts";

/**
 * Reads until its rank is gone, says so, and ends once that was passed on.
 * What is read is an end of a pipe that the system closes with the rank.
 */
const SCRIPT = `read -r _; echo "$0: its process is gone, all end" >&2; ` +
  `sleep ${PASS_ON_MS / 1000}`;

/**
 * A small process beside a rank, for launchers that end all when one is killed
 * and do not say which.
 *
 * It starts before MPI does: ranks may wait there for others that come late.
 * It holds what the rank has inherited, by which such a launcher sees that a
 * rank is gone: so it is first to know, and the launcher ends the others only
 * when the line is written. Theirs are silent, since a launcher ends the group
 * of processes that a rank belongs to at one blow.
 */
export class Witness {
  readonly #child: Deno.ChildProcess | undefined;

  /** @param title the rank, in words */
  constructor(title: string) {
    this.#child = start(title);
  }

  /** Says nothing from now on: what comes is known. */
  dismiss(): void {
    try {
      this.#child?.kill("SIGKILL");
    } catch {
      // It has ended, as by a signal that a launcher sends to all.
    }
  }
}

/** Undefined where the system has no shell. */
function start(title: string): Deno.ChildProcess | undefined {
  try {
    const child = new Deno.Command("sh", {
      args: ["-c", SCRIPT, title],
      stdin: "piped",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    child.unref();
    return child;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
