/**
 * The CPU engine: programs become ONNX models, which onnxruntime runs on a
 * worker of its own, over memory that both threads share. The same lowering
 * makes models for other runtimes.
 *
 * @module
 */
export {
  createOnnxEngine,
  type OnnxEngine,
  type OnnxEngineInfo,
  type OnnxEngineOptions,
} from "./engine.ts";
export {
  encodePieces,
  type ExternalData,
  type OnnxAttribute,
  type OnnxEnd,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxType,
} from "./model.ts";
export { type CacheContents, cacheContents } from "./weights/cache.ts";
export { portableModel, type PortableParts } from "./portable.ts";
