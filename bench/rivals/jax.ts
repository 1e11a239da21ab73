import { feedForwardWidth } from "../../lib/nn/mod.ts";
import { createReferenceEngine } from "../../lib/engine/reference/mod.ts";
import {
  type HostTensor,
  hostTensor,
  program,
  type Shape,
} from "../../lib/tensor/mod.ts";
import { blockAngles, EPSILON, operand } from "./programs.ts";
import {
  blockLeaves,
  type Rival,
  type RivalRunner,
  type RivalSizes,
  type RivalWork,
} from "./rival.ts";

const VERSION = "0.1.25";
/** No literal in an import: nothing is downloaded before it is asked for. */
const SPECIFIER = `npm:@jax-js/jax@${VERSION}`;

/** An array of jax-js; a use takes it, `ref` keeps it. */
interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray): JaxArray;
  mul(other: JaxArray): JaxArray;
  reshape(shape: Shape): JaxArray;
  data(): Promise<ArrayLike<number>>;
  dispose(): void;
}

type Arrays = Record<string, JaxArray>;
type JaxFunction = (arrays: Arrays) => JaxArray | Arrays;

/** What is used of jax-js. */
interface Jax {
  init(device: "webgpu"): Promise<readonly string[]>;
  defaultDevice(device: "webgpu"): void;
  blockUntilReady(value: unknown): Promise<unknown>;
  jit(f: JaxFunction): JaxFunction;
  grad(f: (arrays: Arrays, fixed: Arrays) => JaxArray): (
    arrays: Arrays,
    fixed: Arrays,
  ) => Arrays;
  readonly tree: {
    ref(arrays: Arrays): Arrays;
    dispose(value: unknown): void;
  };
  readonly nn: {
    silu(x: JaxArray): JaxArray;
    dotProductAttention(
      q: JaxArray,
      k: JaxArray,
      v: JaxArray,
      options: { isCausal: boolean },
    ): JaxArray;
  };
  readonly numpy: {
    array(data: Float32Array, options: { shape: Shape }): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    transpose(x: JaxArray, axes?: readonly number[]): JaxArray;
    split(x: JaxArray, parts: number, axis: number): JaxArray[];
    concatenate(parts: JaxArray[], axis: number): JaxArray;
    mean(x: JaxArray, axis: number, options: { keepdims: boolean }): JaxArray;
    square(x: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    reciprocal(x: JaxArray): JaxArray;
    sum(x: JaxArray): JaxArray;
  };
}

/**
 * jax-js on WebGPU.
 *
 * @throws {Error} where it does not open the adapter
 */
export async function openJax(): Promise<Rival> {
  const jax = await import(SPECIFIER) as Jax;
  const devices = await jax.init("webgpu");
  if (!devices.includes("webgpu")) {
    throw new Error(`Found no WebGPU in jax-js, only ${devices.join(", ")}`);
  }
  jax.defaultDevice("webgpu");
  return {
    description: `jax-js ${VERSION}`,
    prepare: async (work, sizes) => await SETUPS[work](jax, sizes),
    close: () => Promise.resolve(),
  };
}

type Setup = (jax: Jax, sizes: RivalSizes) => Promise<RivalRunner>;

const SETUPS: { readonly [W in RivalWork]: Setup } = {
  "matmul": (jax, { batch, length, width }) =>
    product(jax, batch * length, width),
  "few-rows": (jax, { fewRows, width }) => product(jax, fewRows, width),
  attention,
  block,
};

function product(
  jax: Jax,
  rows: number,
  width: number,
): Promise<RivalRunner> {
  const { numpy: np } = jax;
  const operands = random(jax, { x: [rows, width], w: [3 * width, width] });
  return runner(jax, operands, ({ x, w }) => np.matmul(x!, np.transpose(w!)));
}

/** Its attention has positions before heads; the operands are turned before. */
function attention(
  jax: Jax,
  { batch, length, heads, width }: RivalSizes,
): Promise<RivalRunner> {
  const { numpy: np, nn } = jax;
  const shape = [batch, heads, length, width / heads];
  const byHead = random(jax, { q: shape, k: shape, v: shape });
  const turn = (x: JaxArray) => np.transpose(x, [0, 2, 1, 3]);
  const operands = Object.fromEntries(
    Object.entries(byHead).map(([name, x]) => [name, turn(x)]),
  );
  const f: JaxFunction = ({ q, k, v }) =>
    nn.dotProductAttention(q!, k!, v!, { isCausal: true });
  return runner(jax, operands, f, turn);
}

async function block(jax: Jax, sizes: RivalSizes): Promise<RivalRunner> {
  const hidden = feedForwardWidth(sizes.width);
  const { dy, ...leaves } = blockLeaves({ ...sizes, hidden });
  const arrays = random(jax, leaves, {
    wqkv: "attention.wqkv.weight",
    wo: "attention.wo.weight",
    w1: "feed_forward.w1.weight",
    w2: "feed_forward.w2.weight",
    attentionNorm: "attention_norm.weight",
    feedForwardNorm: "ffn_norm.weight",
  });
  const fixed = { ...random(jax, { dy: dy! }), ...await angles(jax, sizes) };
  const names = Object.keys(arrays);
  const gradient = jax.grad((inner, { dy, ...turns }) =>
    jax.numpy.sum(blockOf(jax, { ...inner, ...turns }, sizes).mul(dy!))
  );
  const f: JaxFunction = (all) => {
    const part = (wanted: boolean) =>
      Object.fromEntries(
        Object.entries(all)
          .filter(([name]) => names.includes(name) === wanted),
      );
    return gradient(part(true), part(false));
  };
  return await runner(jax, { ...arrays, ...fixed }, f);
}

/** One pre-norm transformer block, as lib/nn/transformer.ts writes it. */
function blockOf(
  jax: Jax,
  arrays: Arrays,
  { batch, length, heads, width }: RivalSizes,
): JaxArray {
  const { numpy: np, nn } = jax;
  const { x, wqkv, wo, w1, w2, attentionNorm, feedForwardNorm } = arrays;
  const { cosine, sine } = arrays;
  const shape = [batch, length, heads, width / heads];
  const linear = (y: JaxArray, w: JaxArray) => np.matmul(y, np.transpose(w));
  const norm = (y: JaxArray, weight: JaxArray) => {
    const mean = np.mean(np.square(y.ref), -1, { keepdims: true });
    const factor = np.reciprocal(np.sqrt(mean.add(EPSILON)));
    return y.mul(factor).mul(weight);
  };
  const turn = (y: JaxArray, c: JaxArray, s: JaxArray) => {
    const pairs = y.reshape([batch, length, heads, width / heads / 2, 2]);
    const [a, b] = np.split(pairs, 2, 4) as [JaxArray, JaxArray];
    const even = a.ref.mul(c.ref).sub(b.ref.mul(s.ref));
    const odd = a.mul(s).add(b.mul(c));
    return np.concatenate([even, odd], 4).reshape(shape);
  };
  const all = linear(norm(x!.ref, attentionNorm!), wqkv!);
  const [q, k, v] = np.split(all, 3, 2)
    .map((part) => part.reshape(shape)) as [JaxArray, JaxArray, JaxArray];
  const mixed = nn.dotProductAttention(
    turn(q, cosine!.ref, sine!.ref),
    turn(k, cosine!, sine!),
    v,
    { isCausal: true },
  );
  const h = x!.add(linear(mixed.reshape([batch, length, width]), wo!));
  const inner = linear(norm(h.ref, feedForwardNorm!), w1!);
  const [gate, value] = np.split(inner, 2, 2) as [JaxArray, JaxArray];
  return h.add(linear(nn.silu(gate).mul(value), w2!));
}

/** The numbers that our engine is given too, by the names of its leaves. */
function random(
  jax: Jax,
  shapes: Readonly<Record<string, Shape>>,
  names: Readonly<Record<string, string>> = {},
): Arrays {
  const entries = Object.entries(shapes).map(([name, shape]) => {
    const values = operand(names[name] ?? name, shape);
    return [name, arrayOf(jax, values)] as const;
  });
  return Object.fromEntries(entries);
}

function arrayOf({ numpy }: Jax, { data, shape }: HostTensor): JaxArray {
  return numpy.array(Float32Array.from(data), { shape });
}

/** Angles as [L, 1, D / 2, 1], computed by the reference. */
async function angles(jax: Jax, sizes: RivalSizes): Promise<Arrays> {
  const engine = createReferenceEngine();
  const outputs = blockAngles(sizes);
  const executable = await engine.compile(program("angles", {
    inputs: {},
    outputs,
  }));
  const arrays: Arrays = {};
  const found = await engine.run(executable, {});
  for (const [name, tensor] of Object.entries(found)) {
    const { data, shape: [length, half] } = await engine.download(tensor);
    const shape = [length!, 1, half!, 1];
    const values = Float32Array.from(data);
    arrays[name] = arrayOf(jax, hostTensor("f32", shape, values));
  }
  await engine.close();
  return arrays;
}

function runner(
  jax: Jax,
  operands: Arrays,
  f: JaxFunction,
  order: (x: JaxArray) => JaxArray = (x) => x,
): Promise<RivalRunner> {
  const compiled = jax.jit(f);
  const once = () => compiled(jax.tree.ref(operands));
  return Promise.resolve({
    async run(times) {
      // What is disposed before it was computed may never be.
      const results = Array.from({ length: times }, once);
      await jax.blockUntilReady(results);
      jax.tree.dispose(results);
    },
    async result() {
      const found = once();
      const single = "ref" in found && typeof found.data === "function"
        ? found as JaxArray
        : (found as Arrays).x!;
      return await order(single).data();
    },
    close: () => jax.tree.dispose(operands),
  });
}
