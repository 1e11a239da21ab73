/**
 * Gradients of the squared gradient by pictures (R1, Mescheder et al. 2018):
 * every operation of a convolutional network differentiated twice, in one graph.
 */
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import {
  add,
  conv2d,
  grad,
  groupNorm,
  hostTensor,
  input,
  less,
  max,
  mean,
  mul,
  type Node,
  recomputable,
  recomputing,
  reshape,
  select,
  silu,
  square,
  sum,
  type Tensor,
} from "../../../lib/tensor/mod.ts";
import { graphResults, type RandomGraph } from "../../cases/random_graph.ts";
import { Draw } from "../../cases/values.ts";
import { testOnEngines } from "../../engines.ts";
import { assertClose } from "../../tensors.ts";

const SLOPE = 0.2;

/** Of f32 against float64: sums of a few thousand products, twice over. */
const TOLERANCE = 5e-5;

/** Of central differences. */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = 1e-6;

function leaky(x: Tensor): Tensor {
  return select(less(x, 0), mul(x, SLOPE), x);
}

/** Halves both sides of images [B, C, H, W]: the largest of each 2 x 2 pixels. */
function maxPool(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape;
  const cut = [batch!, channels!, height! / 2, 2, width! / 2, 2];
  return max(reshape(x, cut), { axes: [3, 5] });
}

type Leaves = Readonly<Record<"x" | "down" | "same" | "gain" | "out", Tensor>>;

/** A sum of logits of pictures, block by block. */
function discriminate({ x, down, same, gain, out }: Leaves): Tensor {
  const first = leaky(conv2d(x, down, { stride: 2, padding: 1 }));
  const second = recomputable(first, (first) => {
    const h = groupNorm(conv2d(first, same, { padding: 1 }), {
      weight: gain,
      bias: gain,
      groups: 2,
      epsilon: 1e-3,
    });
    return add(silu(h), first);
  });
  return sum(conv2d(maxPool(second), out));
}

/** The penalty, and its gradient by every leaf. */
function penalty(): RandomGraph {
  const draw = new Draw(3);
  const shapes = {
    x: [2, 3, 8, 8],
    down: [16, 3, 4, 4],
    same: [16, 16, 3, 3],
    gain: [16],
    out: [1, 16, 1, 1],
  };
  const names = Object.keys(shapes) as (keyof typeof shapes)[];
  const nodes = names.map((name) => input(name, shapes[name]));
  const leaves = Object.fromEntries(
    names.map((name, i) => [name, nodes[i]!]),
  ) as Leaves & Record<string, Node<"input">>;
  const [dx] = grad(discriminate(leaves), [leaves.x]);
  const loss = mean(square(dx!));
  return {
    inputs: nodes,
    values: names.map((name) => draw.floats(shapes[name])),
    outputs: [loss, ...grad(loss, nodes)],
  };
}

const reference = createReferenceEngine();

Deno.test("the gradient of a gradient penalty is that of differences", async () => {
  const { outputs: [loss, ...gradients], ...graph } = recomputing(penalty);
  const slopes = await graphResults(reference, {
    ...graph,
    outputs: gradients,
  });
  for (const [which, { shape, data }] of slopes.entries()) {
    const at = Math.floor(data.length / 3);
    const sides: number[] = [];
    for (const step of [STEP, -STEP]) {
      const moved = Float64Array.from(graph.values[which]!.data);
      moved[at]! += step;
      const values = graph.values.with(which, hostTensor("f64", shape, moved));
      const [value] = await graphResults(reference, {
        ...graph,
        values,
        outputs: [loss!],
      });
      sides.push(value!.data[0]!);
    }
    const numeric = Float64Array.of((sides[0]! - sides[1]!) / (2 * STEP));
    const analytic = Float64Array.of(data[at]!);
    assertClose(
      hostTensor("f64", [], analytic),
      hostTensor("f64", [], numeric),
      {
        what: `penalty by leaf ${which}`,
        tolerance: DIFFERENCE_TOLERANCE,
        floor: 1,
      },
    );
  }
});

await testOnEngines({
  "gradients of a gradient penalty equal the reference": async (engine) => {
    for (const graph of [penalty(), recomputing(penalty)]) {
      const expected = await graphResults(reference, graph);
      const actual = await graphResults(engine, graph);
      actual.forEach((value, i) =>
        assertClose(value, expected[i]!, {
          what: `output ${i} on ${engine.name}`,
          tolerance: TOLERANCE,
          floor: 1e-3,
        })
      );
    }
  },
}, { reference: false });
