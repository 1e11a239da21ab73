import {
  type Engine,
  type HostTensor,
  input,
  type Node,
  program,
  type Tensor,
} from "../../tensor/mod.ts";

/** A graph with all its values: inputs and parameters by name. */
export interface OneRun {
  readonly name: string;
  readonly inputs: Readonly<Record<string, HostTensor>>;
  readonly parameters: Readonly<Record<string, HostTensor>>;
  build(
    inputs: Readonly<Record<string, Node<"input">>>,
    parameters: Readonly<Record<string, Node<"input">>>,
  ): Readonly<Record<string, Tensor>>;
}

function leaves(
  values: Readonly<Record<string, HostTensor>>,
): Record<string, Node<"input">> {
  const entries = Object.entries(values).map(([name, { shape, dtype }]) =>
    // f64 values are f32 inputs: each engine works in its own precision.
    [name, input(name, shape, dtype === "f64" ? "f32" : dtype)] as const
  );
  return Object.fromEntries(entries);
}

/** Compiles a graph, runs it once and reads all its outputs. */
export async function runOnce(
  engine: Engine,
  { name, inputs, parameters, build }: OneRun,
): Promise<Record<string, HostTensor>> {
  const [inputLeaves, parameterLeaves] = [leaves(inputs), leaves(parameters)];
  const outputs = build(inputLeaves, parameterLeaves);
  const compiled = await engine.compile(program(name, {
    inputs: { ...inputLeaves, ...parameterLeaves },
    outputs,
  }));
  const results = await engine.run(compiled, {
    inputs: { ...inputs, ...parameters },
  });
  const values: Record<string, HostTensor> = {};
  for (const [key, tensor] of Object.entries(results)) {
    values[key] = await engine.download(tensor);
  }
  engine.dispose(compiled);
  return values;
}
