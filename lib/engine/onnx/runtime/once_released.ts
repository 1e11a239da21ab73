/** What onnxruntime says while it still takes its last environment down. */
const TAKEN_DOWN = /Only one instance of LoggingManager/;

/** How often, and after how many milliseconds, that is asked again. */
const TRIES = 200;
const PAUSE_MS = 5;

/**
 * Makes an environment. The last one is forgotten before it is taken down, so
 * another thread that has just let it go may be in the way for a moment.
 *
 * @throws {Error} where it cannot be made, or the last one stays
 */
export function onceReleased(create: () => void): void {
  for (let tried = 1;; tried++) {
    try {
      return create();
    } catch (error) {
      const waits = tried < TRIES && error instanceof Error &&
        TAKEN_DOWN.test(error.message);
      if (!waits) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
