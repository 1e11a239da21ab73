import type { ArtifactReader } from "../../artifact/mod.ts";
import type { PlainValue } from "../../interop/mod.ts";
import { type ArConfig, checkArConfig } from "../../model/mod.ts";
import {
  AR_CONFIG,
  readConfig,
  readVaeConfig,
  vaeFile,
} from "../models/mod.ts";
import { stringsOf } from "../sets/mod.ts";
import type { Halves } from "./released_set.ts";

/**
 * What tensors do not show, as plain data beside them: sizes of both halves,
 * the number of heads among them, and the names of the classes.
 *
 * @throws {UserError} where a file does not say them as it must
 */
export function carriedArgs({ ar, svae }: Halves): PlainValue {
  const args = {
    ...ar && { ar: arArgs(ar), classes: stringsOf(ar, "classes") },
    ...svae && { vae: readVaeConfig(vaeFile(svae)) },
  };
  return args as PlainValue;
}

function arArgs(file: ArtifactReader): ArConfig {
  return readConfig<ArConfig>(file, AR_CONFIG, checkArConfig);
}
