/**
 * The CPU engine: programs become ONNX models, which onnxruntime runs on a
 * worker of its own, over memory that both threads share.
 *
 * @module
 */
export {
  createOnnxEngine,
  type OnnxEngine,
  type OnnxEngineInfo,
  type OnnxEngineOptions,
} from "./engine.ts";
