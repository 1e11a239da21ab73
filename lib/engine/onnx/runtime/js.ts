import { InferenceSession, Tensor } from "onnxruntime-node";
import type { OnnxType } from "../model.ts";
import {
  type BackendOptions,
  type BackendSession,
  type BackendTensor,
  externalDataRoot,
  type OrtBackend,
  type SessionEnds,
} from "./backend.ts";
import { LIBRARY_VERSION } from "./library.ts";

const NAMES: { readonly [T in OnnxType]: string } = {
  f32: "float32",
  f64: "float64",
  f16: "float16",
  i32: "int32",
  i64: "int64",
  u32: "uint32",
  u8: "uint8",
  bool: "bool",
};

const ARRAYS = {
  f32: Float32Array,
  f64: Float64Array,
  f16: Uint16Array,
  i32: Int32Array,
  i64: BigInt64Array,
  u32: Uint32Array,
  u8: Uint8Array,
  bool: Uint8Array,
} as const;

/** A copy: the package's binding takes no shared memory. */
function toOrt({ type, shape, bytes }: BackendTensor): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = new ARRAYS[type](bytes.slice().buffer, 0, size);
  return new Tensor(NAMES[type] as "float32", data as Float32Array, shape);
}

function copyOut(target: BackendTensor, { data }: Tensor): void {
  const { buffer, byteOffset, byteLength } = data as Float32Array;
  target.bytes.set(new Uint8Array(buffer, byteOffset, byteLength));
}

class JsSession implements BackendSession {
  readonly #session: InferenceSession;
  readonly #ends: SessionEnds;
  constructor(session: InferenceSession, ends: SessionEnds) {
    this.#session = session;
    this.#ends = ends;
  }

  async run(
    inputs: readonly BackendTensor[],
    outputs: readonly BackendTensor[],
  ): Promise<void> {
    const feeds: Record<string, Tensor> = {};
    this.#ends.inputs.forEach((name, i) => feeds[name] = toOrt(inputs[i]!));
    const results = await this.#session.run(feeds);
    this.#ends.outputs.forEach((name, i) =>
      copyOut(outputs[i]!, results[name] as Tensor)
    );
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** The onnxruntime-node package's own binding: tensors are copied. */
export function openJsBackend(
  { threads, spinning }: BackendOptions,
): OrtBackend {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
    enableMemPattern: false,
    extra: {
      session: {
        set_denormal_as_zero: "1",
        model_external_initializers_file_folder_path: externalDataRoot(),
        intra_op: { allow_spinning: spinning ? "1" : "0" },
      },
    },
  };
  return {
    kind: "js",
    version: LIBRARY_VERSION,
    tensor: (parts) => parts,
    releaseTensor: () => {},
    load: async ({ model, ends }) =>
      new JsSession(await InferenceSession.create(model, options), ends),
    close: () => {},
  };
}
