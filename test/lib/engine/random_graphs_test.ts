import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  constant,
  type Engine,
  mul,
  sum,
  vjp,
} from "../../../lib/tensor/mod.ts";
import { SEED } from "../../cases/check.ts";
import {
  graphResults,
  type RandomGraph,
  randomGraph,
} from "../../cases/random_graph.ts";
import { Draw } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";

const PROGRAMS = 12;
const GRAPHS_PER_PROGRAM = 8;
const STEPS = 12;

/** A dozen operations and their gradients, on values of about 1. */
const TOLERANCE = 1e-4;

/** Graphs side by side, each with the gradient of its newest tensor. */
function manyGraphs(first: number): RandomGraph {
  const graphs = Array.from(
    { length: GRAPHS_PER_PROGRAM },
    (_, i) => randomGraph({ seed: first + i, steps: STEPS }),
  );
  return {
    inputs: graphs.flatMap(({ inputs }) => inputs),
    values: graphs.flatMap(({ values }) => values),
    outputs: graphs.flatMap(({ inputs, outputs }) => {
      const newest = outputs[0]!;
      const cotangent = constant(new Draw(SEED).floats(newest.shape));
      const gradients = vjp(newest, inputs, cotangent);
      return [...outputs, sum(mul(newest, cotangent)), ...gradients];
    }),
  };
}

async function compareProgram(engine: Engine, first: number): Promise<void> {
  const graph = manyGraphs(first);
  const expected = await graphResults(createReferenceEngine(), graph);
  const actual = await graphResults(engine, graph);
  actual.forEach((value, i) =>
    assertClose(value, expected[i]!, {
      what: `output ${i} of graphs ${first} on ${engine.name}`,
      tolerance: TOLERANCE,
      floor: 1,
    })
  );
}

await testOnEngines({
  "random graphs and their gradients equal the reference": async (engine) => {
    for (let i = 0; i < PROGRAMS; i++) {
      await compareProgram(engine, SEED * 10_000 + i * GRAPHS_PER_PROGRAM);
    }
  },
}, { reference: false });
