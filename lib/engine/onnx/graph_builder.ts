import type {
  DeferredBytes,
  OnnxAttribute,
  OnnxNode,
  OnnxType,
  OnnxValue,
  PlannedTensor,
} from "./model.ts";

/** Operator sets besides the standard one. */
export type Domain = "" | "com.microsoft" | "com.microsoft.nchwc";

/** Type of an output that an operator makes. */
export interface ValueType {
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

/** What an operator needs besides its inputs. */
export interface EmitOptions {
  readonly domain?: Domain;
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

type Elements =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | BigInt64Array
  | Uint8Array;

/** Constants up to this size are kept once however often they are asked for. */
const SHARED_CONSTANT_BYTES = 1024;

/** Collects operators and constants in topological order. */
export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: PlannedTensor[] = [];
  readonly #constants = new Map<string, OnnxValue>();
  readonly #constantBytes = new Map<string, Uint8Array>();
  readonly #constantNames = new Set<string>();
  readonly #deferred = new Map<string, OnnxValue>();
  #count = 0;

  /** Path of the tensor node that is being lowered; part of the names. */
  scope = "";

  /** Adds an operator with one output; null leaves an optional input out. */
  emit(
    op: string,
    inputs: readonly (OnnxValue | null)[],
    output: ValueType & EmitOptions,
  ): OnnxValue {
    return this.emitAll(op, inputs, { outputs: [output], ...output })[0]!;
  }

  /** Adds an operator; null among the outputs leaves an optional one out. */
  emitAll(
    op: string,
    inputs: readonly (OnnxValue | null)[],
    { outputs, attributes = {}, domain = "" }: EmitOptions & {
      readonly outputs: readonly (ValueType | null)[];
    },
  ): OnnxValue[] {
    const name = this.#name(op);
    const values = outputs.map((output, i) => ({
      name: output === null ? "" : i === 0 ? name : `${name}:${i}`,
      type: output?.type ?? "f32",
      shape: output?.shape ?? [],
    }));
    this.#nodes.push({
      name,
      op,
      domain,
      inputs: inputs.map((input) => input?.name ?? ""),
      outputs: values.map((value) => value.name),
      attributes,
    });
    return values;
  }

  /** A constant tensor. */
  constant({ type, shape }: ValueType, data: Elements): OnnxValue {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bytes.length > SHARED_CONSTANT_BYTES) {
      return this.initializer({ name: this.#name("constant"), type, shape }, {
        bytes,
      });
    }
    const key = `${type} ${shape} ${bytes.join()}`;
    let value = this.#constants.get(key);
    if (value === undefined) {
      const named = { name: `constant_${this.#count++}`, type, shape };
      value = this.initializer(named, { bytes });
      this.#constants.set(key, value);
    }
    return value;
  }

  /** A constant whose bytes are made later; one a key. */
  deferred({ type, shape }: ValueType, data: DeferredBytes): OnnxValue {
    let value = this.#deferred.get(data.key);
    if (value === undefined) {
      value = { name: this.#name("weight"), type, shape };
      this.#addInitializer({ ...value, data });
      this.#deferred.set(data.key, value);
    }
    return value;
  }

  /**
   * A named constant over the given bytes, which are not copied; a number
   * follows a name that is taken.
   */
  initializer(
    { name, ...type }: OnnxValue,
    { bytes }: { bytes: Uint8Array },
  ): OnnxValue {
    const taken = this.#constantNames.has(name);
    const value = { ...type, name: taken ? `${name}_${this.#count++}` : name };
    this.#addInitializer({ ...value, data: bytes });
    this.#constantBytes.set(value.name, bytes);
    return value;
  }

  /** A constant list of i64: shapes, axes and the like. */
  ints(values: readonly number[]): OnnxValue {
    const data = BigInt64Array.from(values, BigInt);
    return this.constant({ type: "i64", shape: [values.length] }, data);
  }

  /** An f32 scalar. */
  scalar(value: number): OnnxValue {
    return this.constant({ type: "f32", shape: [] }, Float32Array.of(value));
  }

  /** Whether a value is a constant of this graph. */
  isConstant(value: OnnxValue): boolean {
    return this.#constantNames.has(value.name);
  }

  /** The elements of an f32 constant, or null where the value is none. */
  constantElements({ name, type }: OnnxValue): Float32Array | null {
    const data = this.#constantBytes.get(name);
    if (data === undefined || type !== "f32") return null;
    const { buffer, byteOffset, byteLength } = data;
    return new Float32Array(buffer, byteOffset, byteLength / 4);
  }

  /** The operators that `outputs` need, the constants these use, and names used. */
  prune(outputs: readonly OnnxValue[]): {
    nodes: OnnxNode[];
    initializers: PlannedTensor[];
    used: ReadonlySet<string>;
  } {
    const used = new Set(outputs.map((output) => output.name));
    const nodes: OnnxNode[] = [];
    for (const node of this.#nodes.toReversed()) {
      if (!node.outputs.some((output) => used.has(output))) continue;
      node.inputs.forEach((input) => input !== "" && used.add(input));
      nodes.push(node);
    }
    const initializers = this.#initializers
      .filter((tensor) => used.has(tensor.name));
    return { nodes: nodes.reverse(), initializers, used };
  }

  #addInitializer(tensor: PlannedTensor): void {
    this.#initializers.push(tensor);
    this.#constantNames.add(tensor.name);
  }

  #name(op: string): string {
    const prefix = this.scope === "" ? op : `${this.scope}/${op}`;
    return `${prefix}_${this.#count++}`;
  }
}
