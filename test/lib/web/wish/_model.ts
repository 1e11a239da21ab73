import type { WebModel } from "../../../../lib/web/model/web_model.ts";
import { AR, VAE } from "../../model/_models.ts";

/** A model as its description says it, without numbers. */
export const MODEL: WebModel = {
  format: "spherear-web-model",
  version: 1,
  name: "small",
  files: { model: { name: "my model.safetensors", sha256: "cd34" } },
  classes: ["cat", "Heart", "green heart", "7up", "salt, pepper", "heart"],
  ar: { ...AR, num_classes: 6 },
  vae: VAE,
  weights: "f16",
  defaults: { solver: "euler", steps: 25, cfg: 3, cfgSchedule: "constant" },
  tensors: { ar: {}, vae: {} },
  shards: [{ file: "a.bin", bytes: 8, sha256: "ab12" }],
};
