import { EngineLostError } from "../../tensor/mod.ts";

/** Devices that may go away while one piece of work is done. */
const ATTEMPTS = 3;

/**
 * Holds what was made on a device, such as an engine with a sampler, and makes
 * it anew when the device was lost.
 */
export class Recoverable<T> {
  readonly #make: () => Promise<T>;
  readonly #onLost: (error: EngineLostError) => void;
  #made: Promise<T> | undefined;

  /**
   * @param make asks for an adapter too: a lost device's one gives no other
   * @param options.onLost told when work begins again for a lost device
   */
  constructor(
    make: () => Promise<T>,
    { onLost = () => {} }: {
      onLost?: (error: EngineLostError) => void;
    } = {},
  ) {
    this.#make = make;
    this.#onLost = onLost;
  }

  /**
   * Does some work; from the beginning again, where the device is lost meanwhile.
   *
   * @throws {EngineLostError} where that happens again and again
   */
  async use<R>(work: (made: T) => Promise<R>): Promise<R> {
    for (let attempt = 1;; attempt++) {
      const making = this.#made ??= this.#make();
      try {
        return await work(await making);
      } catch (error) {
        const isLost = error instanceof EngineLostError;
        const isGone = isLost || await failed(making);
        // Others may have made it anew already.
        if (isGone && this.#made === making) this.#made = undefined;
        if (!isLost || attempt === ATTEMPTS) throw error;
        this.#onLost(error);
      }
    }
  }
}

/** Whether something could not be made. */
async function failed(making: Promise<unknown>): Promise<boolean> {
  const [{ status }] = await Promise.allSettled([making]);
  return status === "rejected";
}
