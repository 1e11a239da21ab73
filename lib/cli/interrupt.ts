/** Exit status of a run that ^C stopped. */
export const INTERRUPTED_STATUS = 130;

/**
 * Signals this close together are one ^C: npx passes on what the terminal has
 * sent to the whole group already.
 */
const ONE_PRESS_MS = 500;

/** The reason of the abort signal after ^C. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/**
 * Makes a signal that the first ^C sets; the second ends the process at once.
 *
 * Files are written beside their place and renamed, so ending at once leaves
 * nothing half-written.
 */
export function watchInterrupts(tell: (message: string) => void): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  function stop(): void {
    if (controller.signal.aborted) {
      if (performance.now() - firstMs < ONE_PRESS_MS) return;
      Deno.exit(INTERRUPTED_STATUS);
    }
    firstMs = performance.now();
    tell("Stopping after this step; again to stop at once");
    controller.abort(new Interrupted("Stopped by the user"));
  }
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", stop);
    // What launchers and Slurm pass on to all ranks, unlike ^C.
    Deno.addSignalListener("SIGUSR2", stop);
  }
  return controller.signal;
}
