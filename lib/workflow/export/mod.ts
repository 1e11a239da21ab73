/**
 * Models as files of others: PyTorch, safetensors, ONNX.
 *
 * @module
 */
export { exportModels } from "./export_models.ts";
