import {
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  sameShape,
  type Shape,
  sizeOf,
} from "../tensor/mod.ts";

/** A value for an input or a state of a program. */
export type Value = HostTensor | DeviceTensor;

/** Values by the names of inputs and states. */
export type Values = Readonly<Record<string, Value>>;

/** Runs a program on what it reads of the values that are known. */
export function runOn(
  engine: Engine,
  executable: Executable,
  known: Values,
): ReturnType<Engine["run"]> {
  const { inputs, state } = executable.program;
  // Frozen weights are no bindings, and not known here.
  const pick = (names: object) =>
    Object.fromEntries(
      Object.keys(names).filter((name) => name in known)
        .map((name) => [name, known[name]!] as const),
    );
  return engine.run(executable, {
    inputs: pick(inputs),
    state: pick(state) as Readonly<Record<string, DeviceTensor>>,
  });
}

/** Inputs of a program, as the rows of a part of what is known of a batch. */
export function partOf(
  { program: { inputs } }: Executable,
  known: Values,
  part: number,
): Values {
  const found: Record<string, Value> = {};
  for (const [name, { shape }] of Object.entries(inputs)) {
    const value = known[name];
    if (value !== undefined) found[name] = rowsOf(value, shape, part);
  }
  return found;
}

/** The rows of a part of the batch; what is not in rows is all of it. */
function rowsOf(value: Value, shape: Shape, part: number): Value {
  if (!("data" in value) || sameShape(value.shape, shape)) return value;
  const size = sizeOf(shape);
  const data = value.data.subarray(part * size, (part + 1) * size);
  return hostTensor(value.dtype, shape, data as never);
}
