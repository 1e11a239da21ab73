import type { FuzzTarget } from "../target.ts";
import { ARRAY_ARCHIVES } from "./arrays.ts";
import { CHECKPOINTS } from "./checkpoints.ts";
import { ARCHIVES, SHARDS, TABLES } from "./containers.ts";
import { FOLDERS } from "./folders.ts";
import { ENCODED_IMAGES } from "./encoded_images.ts";
import { PICTURE_SETS } from "./picture_sets.ts";
import { PICTURES } from "./pictures.ts";
import { INSPECT, SAMPLE } from "./safetensors.ts";
import { PIPELINES, PRESET_FILES } from "./toml.ts";

/** Every door that is fuzzed. */
export const TARGETS: readonly FuzzTarget[] = [
  CHECKPOINTS,
  ARRAY_ARCHIVES,
  INSPECT,
  SAMPLE,
  FOLDERS,
  PICTURES,
  PICTURE_SETS,
  ENCODED_IMAGES,
  ARCHIVES,
  SHARDS,
  TABLES,
  PIPELINES,
  PRESET_FILES,
];
