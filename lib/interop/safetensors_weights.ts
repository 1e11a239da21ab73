import {
  parseJson,
  type RowRange,
  type SafetensorsReader,
} from "../artifact/mod.ts";
import type { PlainValue } from "./pickle/plain.ts";
import type { WeightFile, WeightSet } from "./weight_file.ts";

/** An opened safetensors file or folder of shards as the one set `model`. */
export function safetensorsWeights(reader: SafetensorsReader): WeightFile {
  const set: WeightSet = {
    tensors: reader.tensors,
    async readRows(tensor: string, rows: RowRange) {
      const scalar = reader.tensors.get(tensor)?.shape.length === 0;
      const bytes = await reader.readBytes(tensor, scalar ? undefined : rows);
      // Files in memory give views, which may not be aligned.
      return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
    },
  };
  return {
    name: reader.name,
    format: "safetensors",
    sets: new Map([["model", set]]),
    args: argsIn(reader),
    digest: () => reader.digest(),
    close: () => reader.close(),
  };
}

/** What the metadata key `config` says; undefined where it is no JSON. */
function argsIn({ metadata }: SafetensorsReader): PlainValue | undefined {
  const { config } = metadata;
  if (config === undefined) return undefined;
  try {
    return parseJson(config) as PlainValue;
  } catch {
    // Others may write there what they like.
    return undefined;
  }
}
