import type { Picture } from "../../../lib/image/mod.ts";
import { RandomStream } from "../../../lib/random/mod.ts";

/** A picture of random bytes. */
export function noise(
  { width, height, seed }: {
    readonly width: number;
    readonly height: number;
    readonly seed: number;
  },
): Picture {
  const draws = new RandomStream({ seed, stream: "noise" });
  const data = Uint8Array.from(
    { length: width * height * 3 },
    () => draws.integer(256),
  );
  return { width, height, channels: 3, data };
}
