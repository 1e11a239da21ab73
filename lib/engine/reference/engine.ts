import {
  type Bindings,
  checkBindings,
  checkFrozen,
  type CompileOptions,
  type DeviceTensor,
  type Engine,
  type Executable,
  expandComposites,
  expandFrozen,
  type HostTensor,
  hostTensor,
  isFloat,
  loadFrozen,
  type Program,
  roots,
  type Tensor,
  type TensorsUse,
} from "../../tensor/mod.ts";
import { evaluate } from "./evaluate.ts";
import type { Elements, Value } from "./ops/value.ts";

class ReferenceTensor implements DeviceTensor {
  readonly dtype;
  readonly shape;
  /** Not "data": engines take a tensor with data for one of the host. */
  elements: Elements;
  disposed = false;
  constructor({ dtype, shape, data }: Value) {
    this.dtype = dtype;
    this.shape = shape;
    this.elements = data;
  }
}

interface Compiled extends Executable {
  /** Outputs, then next states, with composites expanded. */
  readonly results: readonly Tensor[];
  readonly frozen: ReadonlyMap<string, Value>;
}

/** The same tensor with floats in float64. */
function toValue({ dtype, shape, data }: HostTensor): Value {
  if (dtype === "f16") throw new TypeError("Expected f32, got f16 data");
  if (!isFloat(dtype)) return { dtype, shape, data: data as Elements };
  return { dtype: "f32", shape, data: Float64Array.from(data) };
}

function requireAlive({ disposed }: ReferenceTensor, what: string): void {
  if (disposed) throw new TypeError(`Cannot ${what}: a tensor is disposed`);
}

function valueOf(binding: HostTensor | DeviceTensor): Value {
  if (binding instanceof ReferenceTensor) {
    requireAlive(binding, "run");
    // As it is now: states are replaced when results are delivered.
    const { dtype, shape, elements: data } = binding;
    return { dtype, shape, data };
  }
  if ("data" in binding) return toValue(binding);
  throw new TypeError("Cannot run: a tensor is of another engine");
}

/** Walks graphs in float64: slow, obvious, the judge of the other engines. */
class ReferenceEngine implements Engine {
  readonly name = "reference";
  readonly description = "float64 interpreter";

  async compile(
    program: Program,
    { frozen = {} }: CompileOptions = {},
  ): Promise<Compiled> {
    checkFrozen(program, frozen);
    const results = expandComposites(roots(program), () => false);
    const values = new Map<string, Value>();
    for (const [key, value] of Object.entries(frozen)) {
      const numbers = expandFrozen(await loadFrozen(value), "f64");
      values.set(key, toValue(numbers));
    }
    return { program, results, frozen: values };
  }

  // deno-lint-ignore require-await
  async upload(tensor: HostTensor): Promise<DeviceTensor> {
    const value = toValue(tensor);
    const data = value.data.slice() as Elements;
    return new ReferenceTensor({ ...value, data });
  }

  // deno-lint-ignore require-await
  async download(tensor: DeviceTensor): Promise<HostTensor> {
    if (!(tensor instanceof ReferenceTensor)) {
      throw new TypeError("Cannot download: the tensor is of another engine");
    }
    requireAlive(tensor, "download");
    const { dtype, shape, elements } = tensor;
    const kind = isFloat(dtype) ? "f64" : dtype;
    return hostTensor(kind, shape, elements.slice() as never);
  }

  async lend(
    tensors: readonly DeviceTensor[],
    use: TensorsUse,
  ): Promise<void> {
    await use(await Promise.all(tensors.map((each) => this.download(each))));
  }

  async fill(
    tensors: readonly DeviceTensor[],
    use: TensorsUse,
  ): Promise<void> {
    // Copies have the shapes and types; they become the tensors' own.
    await this.lend(tensors, async (numbers) => {
      await use(numbers);
      for (const [i, tensor] of tensors.entries()) {
        (tensor as ReferenceTensor).elements = numbers[i]!.data as Elements;
      }
    });
  }

  // deno-lint-ignore require-await
  async run(
    executable: Executable,
    bindings: Bindings,
  ): Promise<Record<string, DeviceTensor>> {
    const { program, results, frozen } = executable as Compiled;
    checkBindings(program, bindings, new Set(frozen.keys()));
    const bound = new Map<Tensor, Value>();
    for (const [key, node] of Object.entries(program.inputs)) {
      bound.set(node, valueOf(bindings.inputs![key]!));
    }
    for (const [key, slot] of Object.entries(program.state)) {
      bound.set(slot.value, frozen.get(key) ?? valueOf(bindings.state![key]!));
    }
    const values = evaluate(results, bound);
    return deliver(program, bindings, values);
  }

  dispose(resource: Executable | DeviceTensor): void {
    if (resource instanceof ReferenceTensor) resource.disposed = true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Splits results into outputs, which are returned, and states, which are replaced. */
function deliver(
  { outputs, state }: Program,
  bindings: Bindings,
  values: readonly Value[],
): Record<string, DeviceTensor> {
  const names = Object.keys(outputs);
  const result: Record<string, DeviceTensor> = {};
  names.forEach((name, i) => result[name] = new ReferenceTensor(values[i]!));
  let next = names.length;
  for (const [key, slot] of Object.entries(state)) {
    if (slot.next === undefined) continue;
    const target = bindings.state![key] as ReferenceTensor;
    target.elements = values[next++]!.data;
  }
  return result;
}

/** The float64 reference engine. */
export function createReferenceEngine(): Engine {
  return new ReferenceEngine();
}
