import type { RandomStream } from "../../lib/random/mod.ts";
import { fileBytes } from "../lib/artifact/_bytes.ts";
import { type Bytes, spoiled } from "./bytes.ts";
import { spoiledText } from "./text.ts";

/**
 * A safetensors file that is spoiled where its readers decide: in the text of
 * its header, in one of the texts that its metadata hold, or in any byte.
 */
export function spoiledSafetensors(whole: Bytes, draws: RandomStream): Bytes {
  const length = Number(new DataView(whole.buffer).getBigUint64(0, true));
  const header = new TextDecoder().decode(whole.subarray(8, 8 + length));
  const data = whole.subarray(8 + length);
  switch (draws.integer(4)) {
    case 0:
      return spoiled(whole, draws);
    case 1:
      return fileBytes(spoiledText(header, draws), data);
    default:
      return fileBytes(spoiledMetadata(header, draws), data);
  }
}

function spoiledMetadata(header: string, draws: RandomStream): string {
  const value = JSON.parse(header) as Record<string, Record<string, string>>;
  const metadata = value["__metadata__"]!;
  const keys = Object.keys(metadata);
  // Sizes are what most depends on.
  const key = draws.integer(2) === 0
    ? "config"
    : keys[draws.integer(keys.length)]!;
  const text = spoiledText(metadata[key] ?? "", draws);
  return JSON.stringify({
    ...value,
    __metadata__: { ...metadata, [key]: text },
  });
}
