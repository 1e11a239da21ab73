import { InferenceSession, Tensor } from "onnxruntime-node";
import { type HostTensor, hostTensor } from "../../../../lib/tensor/mod.ts";

/** What goes into a model and comes out, by its own names. */
export type Values = Readonly<Record<string, HostTensor>>;

const NAMES = { f32: "float32", i32: "int32" } as const;

function toOrt({ dtype, shape, data }: HostTensor): Tensor {
  const name = NAMES[dtype as keyof typeof NAMES];
  return new Tensor(name as "float32", data as Float32Array, shape);
}

/** A model file in plain onnxruntime, which knows nothing of this project. */
export class Session {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async open(path: string): Promise<Session> {
    return new Session(await InferenceSession.create(path));
  }

  /** All outputs, f32, of those of `values` that the model takes. */
  async run(values: Values): Promise<Record<string, HostTensor<"f32">>> {
    const feeds = this.#session.inputNames
      .map((name) => [name, toOrt(values[name]!)] as const);
    const results = await this.#session.run(Object.fromEntries(feeds));
    const outputs = Object.entries(results).map(([name, { dims, data }]) =>
      [name, hostTensor("f32", dims, data as Float32Array)] as const
    );
    return Object.fromEntries(outputs);
  }

  /** Frees the model. */
  async close(): Promise<void> {
    await this.#session.release();
  }
}

/** Runs a model once. */
export async function runFile(
  path: string,
  values: Values,
): Promise<Record<string, HostTensor<"f32">>> {
  const session = await Session.open(path);
  try {
    return await session.run(values);
  } finally {
    await session.close();
  }
}
