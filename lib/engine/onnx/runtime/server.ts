import { ELEMENT_BYTES } from "../../../tensor/mod.ts";
import type { Step, UniformStep, WriteStep } from "../plan.ts";
import type { BackendSession, BackendTensor, OrtBackend } from "./backend.ts";
import { probeBlockSize } from "./block_size.ts";
import { openFfiBackend } from "./ffi.ts";
import { flushDenormals } from "./floating_point.ts";
import { FreedMemory } from "./freed_memory.ts";
import type { Opened, Request, TensorId } from "./messages.ts";
import { fillUniform } from "./uniform.ts";

interface LoadedPlan {
  readonly sessions: readonly BackendSession[];
  readonly steps: readonly Step[];
}

type OpenRequest = Extract<Request, { kind: "open" }>;
type LoadRequest = Extract<Request, { kind: "load" }>;

/** Holds the sessions and tensors of one engine and serves its requests. */
export class Server {
  #backend: OrtBackend | null = null;
  readonly #freed = new FreedMemory();
  readonly #tensors = new Map<TensorId, BackendTensor>();
  readonly #plans = new Map<number, LoadedPlan>();

  /**
   * Serves one request.
   *
   * @throws {Error} when onnxruntime refuses it
   */
  async serve(request: Request): Promise<Opened | undefined> {
    switch (request.kind) {
      case "open":
        return await this.#open(request);
      case "hold": {
        const { id, type, shape, memory } = request;
        const bytes = new Uint8Array(memory);
        const tensor = this.#required().tensor({ type, shape, bytes });
        this.#tensors.set(id, tensor);
        return;
      }
      case "drop":
        return this.#drop(request.ids);
      case "load":
        return await this.#load(request);
      case "unload":
        return await this.#unload(request.id);
      case "run":
        return await this.#run(request.id, request.tensors);
      case "close":
        return await this.#close();
    }
  }

  #required(): OrtBackend {
    if (this.#backend === null) throw new Error("internal: no backend is open");
    return this.#backend;
  }

  async #open({ options, binding }: OpenRequest): Promise<Opened> {
    const flushesDenormals = flushDenormals();
    let reason: string | undefined;
    if (binding !== "js") {
      try {
        this.#backend = openFfiBackend(options);
      } catch (error) {
        if (binding === "ffi") throw error;
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    if (this.#backend === null) {
      // Imported only now: it loads a native addon.
      const { openJsBackend } = await import("./js.ts");
      this.#backend = openJsBackend(options);
    }
    const { kind, version } = this.#backend;
    const block = await probeBlockSize(this.#backend);
    return { kind, version, flushesDenormals, block, reason };
  }

  #drop(ids: readonly TensorId[]): undefined {
    for (const id of ids) {
      const tensor = this.#tensors.get(id);
      if (tensor === undefined) continue;
      this.#required().releaseTensor(tensor);
      this.#tensors.delete(id);
    }
  }

  async #load({ id, models, steps }: LoadRequest): Promise<undefined> {
    const sessions: BackendSession[] = [];
    try {
      for (const model of models) {
        sessions.push(await this.#required().load(model));
        // Loading weights needs memory for a while.
        if (model.files.length > 0) this.#freed.giveBack();
      }
    } catch (error) {
      for (const session of sessions) await session.release();
      throw error;
    }
    this.#plans.set(id, { sessions, steps });
  }

  async #unload(id: number): Promise<undefined> {
    const plan = this.#plans.get(id);
    if (plan === undefined) return;
    this.#plans.delete(id);
    for (const session of plan.sessions) await session.release();
    this.#freed.giveBack();
  }

  async #run(id: number, tensors: readonly TensorId[]): Promise<undefined> {
    const plan = this.#plans.get(id);
    if (plan === undefined) throw new Error(`internal: no plan ${id}`);
    const slots = tensors.map((tensor) => this.#tensors.get(tensor)!);
    for (const step of plan.steps) {
      if (step.kind === "uniform") drawUniform(step, slots);
      else if (step.kind === "write") writeRows(step, slots);
      else {
        const running = plan.sessions[step.model]!.run(
          step.inputs.map((slot) => slots[slot]!),
          step.outputs.map((slot) => slots[slot]!),
        );
        if (running !== undefined) await running;
      }
    }
  }

  async #close(): Promise<undefined> {
    for (const id of [...this.#plans.keys()]) await this.#unload(id);
    this.#drop([...this.#tensors.keys()]);
    this.#backend?.close();
    this.#backend = null;
    this.#freed.close();
  }
}

function lengthOf({ shape }: BackendTensor): number {
  return shape.reduce((product, size) => product * size, 1);
}

function wordsOf(tensor: BackendTensor): Uint32Array {
  const { buffer, byteOffset } = tensor.bytes;
  return new Uint32Array(buffer, byteOffset, lengthOf(tensor));
}

function drawUniform(step: UniformStep, slots: readonly BackendTensor[]): void {
  const target = slots[step.target]!;
  const { buffer, byteOffset } = target.bytes;
  const draws = new Float32Array(buffer, byteOffset, lengthOf(target));
  fillUniform(draws, {
    key: wordsOf(slots[step.key]!),
    rows: wordsOf(slots[step.rows]!),
    step: wordsOf(slots[step.step]!)[0]!,
    stream: step.stream,
  });
}

/** Copies rows into a state; the start is clamped so that they lie inside. */
function writeRows(step: WriteStep, slots: readonly BackendTensor[]): void {
  const target = slots[step.target]!;
  const update = slots[step.update]!;
  const { shape } = target;
  const all = shape[step.axis]!;
  const count = update.shape[step.axis]!;
  const asked = wordsOf(slots[step.start]!)[0]! | 0;
  const start = Math.min(Math.max(asked, 0), all - count);
  const outer = shape.slice(0, step.axis).reduce((n, size) => n * size, 1);
  const inner = shape.slice(step.axis + 1).reduce((n, size) => n * size, 1);
  const rowBytes = inner * ELEMENT_BYTES[target.type as "f32"];
  for (let i = 0; i < outer; i++) {
    const from = i * count * rowBytes;
    const rows = update.bytes.subarray(from, from + count * rowBytes);
    target.bytes.set(rows, (i * all + start) * rowBytes);
  }
}
