import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  type Engine,
  type HostTensor,
  hostTensor,
  input,
  type Node,
  program,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { ENGINE_NAMES, openEngine } from "../../engines.ts";

const ENGINES: { name: string; engine?: Engine; reason: string }[] = [];
for (const name of ENGINE_NAMES) {
  ENGINES.push({ name, ...await openEngine(name) });
}
Deno.test.afterAll(async () => {
  for (const { engine } of ENGINES) await engine?.close();
});

/** The float64 judge. */
export const REFERENCE = createReferenceEngine();

type Leaves = Readonly<Record<string, Node<"input">>>;

/** A graph and the values of its inputs. */
export interface Computation {
  readonly inputs: Readonly<Record<string, HostTensor>>;
  build(leaves: Leaves): Readonly<Record<string, Tensor>>;
}

/** Runs a graph once and reads its outputs. */
export async function compute(
  { inputs, build }: Computation,
  engine: Engine = REFERENCE,
): Promise<Record<string, readonly number[]>> {
  const leaves = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) =>
      [name, input(name, shape, dtype === "f64" ? "f32" : dtype)] as const
    ),
  );
  const outputs = build(leaves);
  const compiled = await engine.compile(
    program("test", { inputs: leaves, outputs }),
  );
  const results = await engine.run(compiled, { inputs });
  const values: Record<string, readonly number[]> = {};
  for (const [name, tensor] of Object.entries(results)) {
    values[name] = [...(await engine.download(tensor)).data];
  }
  engine.dispose(compiled);
  return values;
}

/** A vector in float64. */
export function vector(values: readonly number[]): HostTensor {
  return hostTensor("f64", [values.length], Float64Array.from(values));
}

/** Key, row numbers and step of a random source, by input name. */
export function randomInputs(
  seed: number,
  rows: number,
): Readonly<Record<string, HostTensor>> {
  const numbers = Uint32Array.from({ length: rows }, (_, i) => i);
  return {
    key: hostTensor("u32", [2], Uint32Array.of(seed, 0)),
    rows: hostTensor("u32", [rows], numbers),
    step: hostTensor("u32", [], Uint32Array.of(0)),
  };
}

/** The source of {@linkcode randomInputs}, from stream 16 on. */
export function drawSource({ key, rows, step }: Leaves) {
  return { source: { key: key!, rows: rows!, step: step! }, stream: 16 };
}

/** Declares a test once for each engine that is here. */
export function testEngines(
  name: string,
  run: (engine: Engine) => Promise<void>,
): void {
  Deno.test(`${name} (reference)`, () => run(REFERENCE));
  for (const { name: engineName, engine, reason } of ENGINES) {
    const why = reason === "" ? "" : `; ignored: ${reason}`;
    Deno.test({
      name: `${name} (${engineName}${why})`,
      ignore: engine === undefined,
      fn: () => run(engine!),
    });
  }
}
