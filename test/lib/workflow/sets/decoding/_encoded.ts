import { WHITE } from "../../../../../lib/image/mod.ts";
import type { Decodable } from "../../../../../lib/workflow/sets/mod.ts";

/** Files in memory as encoded images, of one class. */
export function encodedImages(
  files: readonly Uint8Array[],
  changes: Partial<Decodable> = {},
): Decodable {
  return {
    name: "memory",
    count: files.length,
    labels: new Int32Array(files.length),
    classes: ["all"],
    flips: [true],
    background: WHITE,
    title: (index) => `picture ${index}`,
    place: () => undefined,
    bytes: (index) => Promise.resolve(new Uint8Array(files[index]!)),
    close() {},
    ...changes,
  };
}
