import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import type { DeviceTensor, Engine, HostTensor } from "../../lib/tensor/mod.ts";
import { type Generator, type Part, type PartName, partsOf } from "./parts.ts";

/** Farthest that an engine may be from the reference. */
const TOLERANCE = 1e-4;

/** How far an engine is from the reference in one part. */
export interface PartAgreement {
  /** Of all numbers: the difference, over 1 plus the expected magnitude. */
  readonly farthest: number;
  /** How many numbers were compared. */
  readonly numbers: number;
  readonly isClose: boolean;
}

/** How far an engine is from the reference, by part. */
export type Agreement = Partial<Record<PartName, PartAgreement>>;

/**
 * Compares what an engine and the reference make of a model's parts, one after
 * another: the reference holds the weights of one part at a time in float64.
 *
 * @param options.onPart called once a part was compared
 */
export async function measureAgreement(
  generator: Generator,
  { engine, parts, onPart }: {
    readonly engine: Engine;
    readonly parts: readonly PartName[];
    readonly onPart?: (name: PartName, found: PartAgreement) => void;
  },
): Promise<Agreement> {
  const reference = createReferenceEngine();
  const table = partsOf(generator);
  const document: Agreement = {};
  for (const name of parts) {
    const part = table[name]();
    // Held until the reference is there too, which then has memory for itself.
    const found = await Array.fromAsync(resultsOf(engine, part));
    let [farthest, numbers] = [0, 0];
    for await (const expected of resultsOf(reference, part)) {
      const result = found.shift()!;
      farthest = larger(farthest, distance(result, expected));
      numbers += result.data.length;
    }
    const isClose = farthest <= TOLERANCE;
    document[name] = { farthest, numbers, isClose };
    onPart?.(name, document[name]);
  }
  return document;
}

/** All that one run of a part makes, each downloaded when it is asked for. */
async function* resultsOf(
  engine: Engine,
  { program, frozen, inputs, state }: Part,
): AsyncGenerator<HostTensor> {
  const executable = await engine.compile(program, { frozen });
  const states: Record<string, DeviceTensor> = {};
  for (const [name, tensor] of Object.entries(state)) {
    states[name] = await engine.upload(tensor);
  }
  const outputs = await engine.run(executable, { inputs, state: states });
  yield* downloads(engine, Object.values(outputs));
  const changed = Object.keys(states)
    .filter((name) => program.state[name]!.next !== undefined);
  yield* downloads(engine, changed.map((name) => states[name]!));
  for (const tensor of Object.values(states)) engine.dispose(tensor);
  engine.dispose(executable);
}

async function* downloads(
  engine: Engine,
  tensors: readonly DeviceTensor[],
): AsyncGenerator<HostTensor> {
  for (const tensor of tensors) yield await engine.download(tensor);
}

function distance(found: HostTensor, expected: HostTensor): number {
  let farthest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [found.data[i]!, expected.data[i]!];
    farthest = larger(farthest, Math.abs(a - b) / (1 + Math.abs(b)));
  }
  return farthest;
}

/** The larger one; NaN where one is. */
function larger(a: number, b: number): number {
  return Number.isNaN(b) || b > a ? b : a;
}
