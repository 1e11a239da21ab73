import assert from "node:assert/strict";
import fc from "fast-check";
import {
  add,
  apply,
  averagePool,
  concat,
  conv2d,
  convTranspose2d,
  grad,
  groupNorm,
  type HostTensor,
  hostTensor,
  input,
  leakyRelu,
  maxPool,
  mean,
  mul,
  type Node,
  permute,
  type Program,
  program,
  relu,
  reshape,
  type Shape,
  silu,
  sizeOf,
  square,
  sub,
  sum,
  type Tensor,
  topologicalOrder,
  vjp,
} from "../../../../lib/tensor/mod.ts";
import { assignLayouts } from "../../../../lib/engine/onnx/blocked/ops.ts";
import { axisPhases } from "../../../../lib/engine/onnx/blocked/phases.ts";
import { createOnnxEngine } from "../../../../lib/engine/onnx/mod.ts";
import { planProgram } from "../../../../lib/engine/onnx/planner.ts";
import { createReferenceEngine } from "../../../../lib/engine/reference/mod.ts";
import { RandomStream } from "../../../../lib/random/mod.ts";
import { assertClose } from "../../../tensors.ts";

const onnx = await createOnnxEngine({ threads: 2, spinning: false });
const reference = createReferenceEngine();
const SAMPLES = { numRuns: 40, seed: 5 };
const TOLERANCE = 2e-5;

/** Uniform in [-1, 1). */
function values(shape: Shape, name: string): HostTensor {
  const stream = new RandomStream({ seed: 11, stream: name });
  const data = Float32Array.from(
    { length: sizeOf(shape) },
    () => stream.uniform() * 2 - 1,
  );
  return hostTensor("f32", shape, data);
}

/** Runs a program of inputs and outputs on both engines and compares. */
async function checkProgram(made: Program): Promise<void> {
  const inputs = Object.fromEntries(
    Object.entries(made.inputs)
      .map(([key, { shape }]) => [key, values(shape, key)] as const),
  );
  const results = [];
  for (const engine of [onnx, reference]) {
    const executable = await engine.compile(made);
    const outputs = await engine.run(executable, { inputs });
    const hosts = new Map<string, HostTensor>();
    for (const [key, tensor] of Object.entries(outputs)) {
      hosts.set(key, await engine.download(tensor));
    }
    engine.dispose(executable);
    results.push(hosts);
  }
  const [actual, expected] = results;
  for (const [key, host] of actual!) {
    assertClose(host, expected!.get(key)!, { what: key, tolerance: TOLERANCE });
  }
}

/** A program of y and of the gradients of all inputs under a random cotangent. */
function withGradients(
  y: Tensor,
  inputs: Readonly<Record<string, Node<"input">>>,
): Program {
  const dy = input("dy", y.shape);
  const leaves = Object.values(inputs);
  const gradients = vjp(y, leaves, dy);
  const names = Object.keys(inputs).map((name) => `d${name}`);
  const outputs = Object.fromEntries(
    names.map((name, i) => [name, gradients[i]!] as const),
  );
  return program("blocked", {
    inputs: { ...inputs, dy },
    outputs: { y, ...outputs },
  });
}

const channels = fc.constantFrom(1, 3, 16, 24, 32, 48);

const convolutions = fc.record({
  images: fc.constantFrom(1, 3, 4, 8, 16, 24, 32),
  inputs: channels,
  outputs: channels,
  kernel: fc.integer({ min: 1, max: 4 }),
  stride: fc.integer({ min: 1, max: 3 }),
  padding: fc.integer({ min: 0, max: 2 }),
  height: fc.constantFrom(4, 5, 6, 8, 16, 17),
  width: fc.integer({ min: 4, max: 6 }),
});

Deno.test("blocked convolutions and their gradients equal the reference", async () => {
  await fc.assert(
    fc.asyncProperty(convolutions, async (c) => {
      const x = input("x", [c.images, c.inputs, c.height, c.width]);
      const w = input("w", [c.outputs, c.inputs, c.kernel, c.kernel]);
      await checkProgram(withGradients(conv2d(x, w, c), { x, w }));
    }),
    SAMPLES,
  );
});

Deno.test("filter gradients over strips of few images equal the reference", async () => {
  const three = { kernel: 3, stride: 1, padding: 1 };
  const cases = [
    { images: 1, inputs: 16, outputs: 32, rows: 32, ...three },
    { images: 2, inputs: 32, outputs: 16, rows: 16, ...three, stride: 2 },
    { images: 3, inputs: 16, outputs: 3, rows: 16, ...three },
    { images: 6, inputs: 3, outputs: 16, rows: 8, ...three },
    { images: 24, inputs: 32, outputs: 16, rows: 4, ...three, padding: 0 },
    { images: 4, inputs: 16, outputs: 16, rows: 8, ...three, kernel: 1 },
  ];
  for (const { images, inputs, outputs, rows, ...options } of cases) {
    const { kernel, stride, padding } = options;
    const height = (rows - 1) * stride + kernel - 2 * padding;
    const x = input("x", [images, inputs, height, 5]);
    const w = input("w", [outputs, inputs, kernel, kernel]);
    const made = withGradients(conv2d(x, w, options), { x, w });
    const { models } = planProgram(made, { block: 16 });
    assert.ok(models[0]!.nodes.every(({ op }) => op !== "Gemm"));
    await checkProgram(made);
  }
});

Deno.test("blocked transposed convolutions and their gradients equal the reference", async () => {
  await fc.assert(
    fc.asyncProperty(convolutions, async (c) => {
      const padding = Math.min(c.padding, c.kernel - 1);
      const x = input("x", [c.images, c.inputs, c.height - 2, c.width - 2]);
      const w = input("w", [c.inputs, c.outputs, c.kernel, c.kernel]);
      const y = convTranspose2d(x, w, { stride: c.stride, padding });
      await checkProgram(withGradients(y, { x, w }));
    }),
    SAMPLES,
  );
});

Deno.test("blocked group norms and their gradients equal the reference", async () => {
  const shapes = fc.record({
    images: fc.constantFrom(1, 3),
    groups: fc.constantFrom(1, 2, 4, 16),
    channels: fc.constantFrom(16, 32, 48),
    offset: fc.constantFrom(0, 10),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ images, groups, channels, offset }) => {
      const x = input("x", [images, channels, 3, 5]);
      const weight = input("weight", [channels]);
      const bias = input("bias", [channels]);
      const norm = { weight, bias, groups, epsilon: 1e-5 };
      const y = silu(groupNorm(add(x, offset), norm));
      await checkProgram(withGradients(y, { x, weight, bias }));
    }),
    SAMPLES,
  );
});

/** A residual network with one strided convolution each way, to 3 channels. */
function network(x: Tensor, w: Readonly<Record<string, Tensor>>): Tensor {
  const same = { padding: 1 };
  const norm = { weight: w.g!, bias: w.b!, groups: 4, epsilon: 1e-6 };
  const first = conv2d(x, w.first!, same);
  const down = conv2d(silu(groupNorm(first, norm)), w.down!, {
    stride: 2,
    padding: 1,
  });
  const tokens = reshape(permute(down, [0, 2, 3, 1]), [-1, 16]);
  const rows = reshape(mul(tokens, 1.5), [16, 3, 3, 16]);
  const back = permute(rows, [0, 3, 1, 2]);
  const up = convTranspose2d(back, w.up!, { stride: 2, padding: 1 });
  const sum = add(first, conv2d(silu(up), w.mix!, same));
  return conv2d(silu(groupNorm(sum, norm)), w.last!, same);
}

function networkInputs(): Record<string, Node<"input">> {
  const shapes = {
    x: [16, 3, 6, 6],
    first: [16, 3, 3, 3],
    down: [16, 16, 3, 3],
    up: [16, 16, 4, 4],
    mix: [16, 16, 3, 3],
    last: [3, 16, 3, 3],
    g: [16],
    b: [16],
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([key, shape]) => [key, input(key, shape)]),
  );
}

Deno.test("a blocked network and its gradients equal the reference", async () => {
  const inputs = networkInputs();
  const { x, ...weights } = inputs;
  await checkProgram(withGradients(network(x!, weights), inputs));
});

Deno.test("a blocked network is plain at its ends only", () => {
  const { x, ...weights } = networkInputs();
  const target = input("target", [16, 3, 6, 6]);
  const loss = mean(square(sub(network(x!, weights), target)));
  const gradients = grad(loss, Object.values(weights));
  const made = program("ends", {
    inputs: { x: x!, target, ...weights },
    outputs: Object.fromEntries(gradients.map((g, i) => [`g${i}`, g])),
  });
  const { models } = planProgram(made, { block: 16 });
  const images = (op: string) =>
    models[0]!.nodes.filter((node) =>
      node.op === op && node.attributes.channels_last !== undefined
    ).length;
  // Into and out of tokens, each way: two in the forward pass, two back.
  assert.equal(images("ReorderInput") + images("ReorderOutput"), 4);
  const plain = models[0]!.nodes.filter((node) => node.domain === "");
  assert.ok(plain.every((node) => !node.op.startsWith("Conv")));
});

Deno.test("sums over the pixels of blocked images equal the reference", async () => {
  const x = input("x", [3, 16, 4, 5]);
  const w = input("w", [32, 16, 1, 1]);
  const y = conv2d(x, w);
  const made = program("sums", {
    inputs: { x, w },
    outputs: {
      byImage: sum(y, { axes: [2, 3] }),
      byChannel: sum(y, { axes: [0, -2, -1] }),
      kept: sum(y, { axes: [2, 3], keepDims: true }),
      all: sum(y),
    },
  });
  await checkProgram(made);
});

Deno.test("blocked values that are broadcast or cut equal the reference", async () => {
  const x = input("x", [2, 16, 3, 3]);
  const w = input("w", [16, 16, 3, 3]);
  const bias = input("bias", [16, 1, 1]);
  const y = conv2d(x, w, { padding: 1 });
  const made = program("mixed", {
    inputs: { x, w, bias },
    outputs: {
      biased: add(silu(y), bias),
      scaled: mul(add(y, 2), -0.5),
      sum: add(add(y, x), y),
      twice: add(y, y),
      flat: reshape(y, [2, -1]),
      transposed: permute(y, [1, 0, 2, 3]),
      raw: y,
    },
  });
  await checkProgram(made);
});

Deno.test("biases and leaky ReLUs stay in blocks, and equal the reference", async () => {
  for (const images of [1, 3]) {
    const x = input("x", [images, 16, 6, 5]);
    const w = input("w", [32, 16, 3, 3]);
    const bias = input("bias", [32]);
    const byChannel = reshape(bias, [32, 1, 1]);
    const convolved = conv2d(x, w, { padding: 1 });
    // Alone, beside another reader, and behind something else than a convolution.
    const alone = conv2d(x, mul(w, 2), { padding: 1 });
    const sums = [
      add(alone, byChannel),
      add(byChannel, convolved),
      add(silu(convolved), reshape(byChannel, [1, 32, 1, 1])),
    ];
    const nodes = topologicalOrder(sums);
    const layouts = assignLayouts(nodes, 16);
    for (const sum of sums) assert.equal(layouts.get(sum), "blocked");
    const y = sums.map((sum) => leakyRelu(sum, 0.2))
      .reduce((a, b) => add(a, b));
    await checkProgram(withGradients(y, { x, w, bias }));
  }
});

Deno.test("a block of branches is convolutions and pools of blocks alone", async () => {
  const x = input("x", [2, 16, 7, 6]);
  const w = input("w", [32, 16, 3, 3]);
  const bias = input("bias", [32, 1, 1]);
  const rectified = (image: Tensor) =>
    relu(add(conv2d(image, w, { padding: 1 }), bias));
  const around = { kernel: 3, stride: 1, padding: 1 };
  const branches = [rectified(x), averagePool(rectified(mul(x, 2)), around)];
  const y = maxPool(concat(branches, 1), { kernel: 3, stride: 2 });
  const inputs = { x, w, bias };
  const forward = program("branches", { inputs, outputs: { y } });
  const { models } = planProgram(forward, { block: 16 });
  const operators = models[0]!.nodes.map(({ op }) => op);
  const count = (op: string) => operators.filter((one) => one === op).length;
  assert.equal(count("Relu"), 0, "both are in their convolutions");
  assert.equal(count("ReorderOutput"), 1, "only at the end");
  await checkProgram(withGradients(y, inputs));
});

Deno.test("assignLayouts() keeps what fills no blocks plain", () => {
  const x = input("x", [16, 24, 4, 4]);
  const w = input("w", [24, 24, 3, 3]);
  const y = apply("silu", [conv2d(x, w)], {});
  const layouts = assignLayouts(topologicalOrder([y]), 16);
  assert.ok([...layouts.values()].every((layout) => layout === "plain"));
});

Deno.test("axisPhases() doubles with two taps a phase", () => {
  const geometry = { stride: 2, padding: 1, kernel: 4, size: 8, given: 4 };
  assert.deepEqual(axisPhases(geometry), {
    taps: [[3, 1], [2, 0]],
    before: 1,
    behind: 1,
    shifts: [0, 1],
  });
});

Deno.test("axisPhases() turns the filter where the stride is 1", () => {
  const geometry = { stride: 1, padding: 1, kernel: 3, size: 5, given: 5 };
  assert.deepEqual(axisPhases(geometry), {
    taps: [[2, 1, 0]],
    before: 1,
    behind: 1,
    shifts: [0],
  });
});

Deno.test("createOnnxEngine() lays images out as programs say where asked to", async () => {
  const plain = await createOnnxEngine({ threads: 1, blocked: false });
  await plain.close();
  assert.equal(plain.info.block, null);
  assert.ok([null, 8, 16].includes(onnx.info.block));
});

Deno.test("the blocked engine closes", async () => {
  await onnx.close();
  await reference.close();
});
