/**
 * A page that samples a model in the browser: what its files hold. Pages and
 * workers are bundled from `page` and `session` by whoever serves them.
 *
 * @module
 */
export { arraysOf } from "./model/model_bytes.ts";
export {
  bytesOf,
  MODEL_FILE,
  type ModelFile,
  type SamplingDefaults,
  type Shard,
  SHARD_BYTES,
  type TensorPlace,
  WEB_MODEL,
  type WebModel,
} from "./model/web_model.ts";
