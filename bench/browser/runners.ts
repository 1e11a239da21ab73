import { portableModel } from "../../lib/engine/onnx/portable.ts";
import { encodeModel } from "../../lib/engine/onnx/model.ts";
import type { WebGpuEngine } from "../../lib/engine/webgpu/mod.ts";
import { frozenProgram } from "../../lib/nn/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { inputsOf, type PartsOf } from "./parts.ts";

/** A work that is set up: from inputs on the host to its first output there. */
export interface BrowserRunner {
  run(): Promise<ArrayLike<number>>;
  close(): void | Promise<void>;
}

/** A part on this project's engine. */
export async function ourRunner(
  engine: WebGpuEngine,
  parts: PartsOf,
  rows: number,
): Promise<BrowserRunner> {
  const { program, frozen } = frozenProgram(parts(rows));
  const inputs = inputsOf(program);
  const [first] = Object.keys(program.outputs);
  const executable = await engine.compile(program, { frozen });
  return {
    async run() {
      const outputs = await engine.run(executable, { inputs });
      return (await engine.download(outputs[first!]!)).data;
    },
    close: () => engine.dispose(executable),
  };
}

interface OrtTensor {
  getData(): Promise<ArrayLike<number>>;
  dispose(): void;
}

interface OrtSession {
  run(feeds: Record<string, unknown>): Promise<Record<string, OrtTensor>>;
  release(): Promise<void>;
}

/** What is used of onnxruntime-web. */
export interface Ort {
  readonly env: {
    logLevel: string;
    readonly wasm: { wasmPaths: string; numThreads: number };
  };
  readonly InferenceSession: {
    create(model: Uint8Array, options: unknown): Promise<OrtSession>;
  };
  readonly Tensor: {
    new (type: string, data: unknown, shape: readonly number[]): unknown;
  };
}

/** The model that `export --format onnx` writes of a part, in onnxruntime-web. */
export async function theirRunner(
  ort: Ort,
  parts: PartsOf,
  rows: number,
): Promise<BrowserRunner> {
  const model = portableModel((count) => frozenProgram(parts(count)));
  const session = await ort.InferenceSession.create(encodeModel(model), {
    executionProviders: ["webgpu"],
  });
  const { program } = frozenProgram(parts(rows));
  const [first] = Object.keys(program.outputs);
  const feeds = Object.fromEntries(
    Object.entries(inputsOf(program))
      .map(([name, value]) => [name, ortTensor(ort, value)]),
  );
  return {
    async run() {
      const outputs = await session.run(feeds);
      const data = await outputs[first!]!.getData();
      for (const tensor of Object.values(outputs)) tensor.dispose();
      return data;
    },
    close: () => session.release(),
  };
}

function ortTensor(ort: Ort, { dtype, data, shape }: HostTensor): unknown {
  return new ort.Tensor(dtype === "f32" ? "float32" : "int32", data, shape);
}
