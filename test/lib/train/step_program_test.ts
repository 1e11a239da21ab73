import assert from "node:assert/strict";
import { createReferenceEngine } from "../../../lib/engine/reference/mod.ts";
import { arShapes, vaeShapes } from "../../../lib/model/mod.ts";
import {
  arTrainingStep,
  bindRandom,
  bindScalars,
  frozenStates,
  type Optimizer,
  type Player,
  startState,
  StateLayout,
  stateName,
  trainingProgram,
  type TrainingStep,
  updateScalars,
  vaeTrainingStep,
} from "../../../lib/train/mod.ts";
import {
  add,
  type Bindings,
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  input,
  matmul,
  mean,
  mul,
  square,
  sub,
  tanh,
  zeros,
} from "../../../lib/tensor/mod.ts";
import { AR, noise, randomWeights, unitRows, VAE } from "../model/_models.ts";
import { rule } from "./_rules.ts";

const BETA1 = 0.5;

/** No clipping, decay or average: m becomes (1 - beta1) times the gradient. */
const UPDATE = rule({
  rate: 0,
  clip: 1e9,
  adamw: { beta1: BETA1, weightDecay: 0 },
  average: undefined,
});

type Values = Record<string, HostTensor>;

/** A training program of one player on the reference engine, its inputs fixed. */
class Probe {
  readonly #engine = createReferenceEngine();
  readonly #executable: Promise<Executable>;
  readonly #player: string;
  readonly #layout: StateLayout;
  readonly #inputs: NonNullable<Bindings["inputs"]>;

  constructor(step: TrainingStep, inputs: NonNullable<Bindings["inputs"]>) {
    this.#executable = this.#engine.compile(trainingProgram(step));
    const [[player, { shapes }]] = Object.entries(step.players) as [
      [string, Player],
    ];
    this.#player = player;
    this.#layout = new StateLayout(shapes);
    const numbers = updateScalars(step.players, 0);
    this.#inputs = { ...inputs, ...bindScalars(numbers) };
  }

  /** Scalars and gradient of one step at the values of the packed parameters. */
  async run(
    packed: Values,
  ): Promise<{ outputs: Record<string, number>; gradient: Values }> {
    const engine = this.#engine;
    const executable = await this.#executable;
    const host: Values = {};
    for (const [name, value] of Object.entries(packed)) {
      host[this.#nameOf("parameter", name)] = value;
      for (const group of ["m", "v"]) {
        host[this.#nameOf(group, name)] = zeros("f32", value.shape);
      }
    }
    const state = Object.fromEntries(
      await Promise.all(
        Object.entries(host).map(async ([name, value]) =>
          [name, await engine.upload(value)] as const
        ),
      ),
    );
    const found = await engine.run(executable, { inputs: this.#inputs, state });
    const outputs: Record<string, number> = {};
    for (const [name, tensor] of Object.entries(found)) {
      outputs[name] = (await engine.download(tensor)).data[0]!;
    }
    const gradient: Values = {};
    for (const name of Object.keys(packed)) {
      const m = await engine.download(state[this.#nameOf("m", name)]!);
      const data = Float64Array.from(m.data, (x) => x / (1 - BETA1));
      gradient[name] = hostTensor("f64", m.shape, data);
    }
    return { outputs, gradient };
  }

  #nameOf(group: string, name: string): string {
    return stateName({ player: this.#player, group, name });
  }

  pack(values: Values): Values {
    const entries = Object.entries(this.#layout.pack(values))
      .map(([name, { shape, data }]) =>
        [name, hostTensor("f64", shape, Float64Array.from(data))] as const
      );
    return Object.fromEntries(entries);
  }
}

function moved(packed: Values, direction: Values, by: number): Values {
  const entries = Object.entries(packed).map(([name, { shape, data }]) => {
    const along = direction[name]!.data;
    const values = Float64Array.from(data, (x, i) => x + by * along[i]!);
    return [name, hostTensor("f64", shape, values)] as const;
  });
  return Object.fromEntries(entries);
}

/** Requires the gradient along a direction to be the loss's central difference. */
async function checkGradient(
  probe: Probe,
  packed: Values,
  direction: Values,
): Promise<void> {
  const { gradient } = await probe.run(packed);
  let slope = 0;
  for (const [name, { data }] of Object.entries(gradient)) {
    data.forEach((x, i) => slope += x * direction[name]!.data[i]!);
  }
  const reach = 1e-5;
  const [up, down] = [
    await probe.run(moved(packed, direction, reach)),
    await probe.run(moved(packed, direction, -reach)),
  ];
  const rise = up.outputs["loss"]! - down.outputs["loss"]!;
  const expected = rise / (2 * reach);
  if (!(Math.abs(slope - expected) <= 1e-6 * Math.abs(expected) + 1e-9)) {
    assert.fail(`slope ${slope}, central difference ${expected}`);
  }
}

const TOY = { a: [3], w: [2, 3], b: [2], s: [] };

/** A step whose vectors are read more than once, beside a matrix. */
function toyStep(): { step: TrainingStep<"toy">; inputs: Values } {
  const x = input("x", [4, 3]);
  const step: TrainingStep<"toy"> = {
    name: "toy",
    players: { toy: { ...UPDATE, shapes: TOY, decays: new Set() } },
    inputs: { x },
    build: ({ players: { toy: p } }) => {
      const scaled = mul(x, add(p.get("a"), mul(p.get("a"), p.get("a"))));
      const y = matmul(scaled, p.get("w"), { transposeB: true });
      const out = mul(tanh(add(y, p.get("b"))), p.get("s"));
      return {
        losses: { toy: mean(square(add(out, 0.3))) },
        reported: { shift: mean(p.get("b")) },
      };
    },
  };
  return { step, inputs: { x: noise([4, 3], { name: "x" }) } };
}

Deno.test("trainingProgram() has the gradient of every element, vectors too", async () => {
  const { step, inputs } = toyStep();
  const probe = new Probe(step, inputs);
  const packed = probe.pack(randomWeights(TOY));
  assert.deepEqual(Object.keys(packed), ["w", "vectors"]);
  for (const [name, { shape, data }] of Object.entries(packed)) {
    for (let i = 0; i < data.length; i++) {
      const unit = Object.fromEntries(
        Object.entries(packed).map(([key, tensor]) =>
          [key, zeros("f64", tensor.shape) as HostTensor] as const
        ),
      );
      const one = new Float64Array(data.length);
      one[i] = 1;
      unit[name] = hostTensor("f64", shape, one);
      await checkGradient(probe, packed, unit);
    }
  }
});

Deno.test("trainingProgram() reports its scalars, the loss and the gradient's norm", async () => {
  const { step, inputs } = toyStep();
  const probe = new Probe(step, inputs);
  const packed = probe.pack(randomWeights(TOY));
  const { outputs, gradient } = await probe.run(packed);
  assert.deepEqual(Object.keys(outputs), ["shift", "loss", "gradientNorm"]);
  const squares = Object.values(gradient)
    .flatMap(({ data }) => [...data]).map((g) => g * g);
  const norm = Math.sqrt(squares.reduce((sum, x) => sum + x, 0));
  if (!(Math.abs(outputs["gradientNorm"]! - norm) <= 1e-6 * norm)) {
    assert.fail(`norm ${outputs["gradientNorm"]}, expected ${norm}`);
  }
});

const BATCH = 2;

/** One AR step with posteriors of the given concentration. */
function arProbe(
  { classDropout = 0, classes = [0, 2], kappa = 20 }: {
    classDropout?: number;
    classes?: number[];
    kappa?: number;
  } = {},
): Probe {
  const tokens = AR.grid ** 2;
  const mu = unitRows([BATCH, tokens, AR.latent_dim], "mu");
  const step = arTrainingStep({
    config: AR,
    batch: BATCH,
    diffBatchMul: 2,
    classDropout,
    update: UPDATE,
  });
  return new Probe(step, {
    mu,
    kappa: hostTensor(
      "f32",
      [BATCH, tokens],
      new Float32Array(BATCH * tokens).fill(kappa),
    ),
    classes: hostTensor("i32", [BATCH], Int32Array.from(classes)),
    ...bindRandom(7, { step: 3, rows: BATCH }),
  });
}

Deno.test("arTrainingStep() has the gradient of its loss", async () => {
  const probe = arProbe();
  const packed = probe.pack(randomWeights(arShapes(AR)));
  for (const seed of [1, 2]) {
    const direction = Object.fromEntries(
      Object.entries(packed).map(([name, { shape }]) =>
        [name, noise(shape, { seed, name: `along ${name}` })] as const
      ),
    );
    await checkGradient(probe, packed, direction);
  }
});

Deno.test("arTrainingStep() hides the class where every label is dropped", async () => {
  const weights = randomWeights(arShapes(AR));
  const lossOf = async (classDropout: number, classes: number[]) => {
    const probe = arProbe({ classDropout, classes });
    return (await probe.run(probe.pack(weights))).outputs["loss"]!;
  };
  assert.equal(await lossOf(1, [0, 2]), await lossOf(1, [1, 1]));
  assert.notEqual(await lossOf(0, [0, 2]), await lossOf(0, [1, 1]));
  // Dropping is the same as having no class from the start.
  assert.equal(await lossOf(1, [0, 2]), await lossOf(0, [3, 3]));
});

Deno.test("arTrainingStep() starts from the loss of a velocity of zero", async () => {
  const weights = randomWeights(arShapes(AR));
  for (const part of ["weight", "bias"]) {
    const name = `head.net.final_layer.linear.${part}`;
    weights[name] = zeros("f32", weights[name]!.shape);
  }
  const probe = arProbe();
  const { outputs } = await probe.run(probe.pack(weights));
  // E (z - e)^2 = 1 + 1, over 64 numbers: deviation 0.3 about.
  const loss = outputs["loss"]!;
  if (!(loss > 1.2 && loss < 3)) assert.fail(`loss ${loss}`);
});

Deno.test("vaeTrainingStep() adds the weighted divergence to the L1 error", async () => {
  const images = noise([BATCH, 3, 8, 8], { name: "images", deviation: 0.5 });
  const found: Record<string, number>[] = [];
  for (const klWeight of [0, 2]) {
    const step = vaeTrainingStep({
      config: VAE,
      batch: BATCH,
      klWeight,
      update: UPDATE,
    });
    const probe = new Probe(step, {
      images,
      ...bindRandom(7, { step: 3, rows: BATCH }),
    });
    const packed = probe.pack(randomWeights(vaeShapes(VAE)));
    found.push((await probe.run(packed)).outputs);
  }
  const [without, weighted] = found as [typeof found[0], typeof found[0]];
  assert.deepEqual(Object.keys(without), [
    "l1",
    "l2",
    "kl",
    "kappa",
    "loss",
    "gradientNorm",
  ]);
  assert.equal(without["loss"], without["l1"]);
  const expected = weighted["l1"]! + 2 * weighted["kl"]!;
  const gap = Math.abs(weighted["loss"]! - expected);
  if (!(gap <= 1e-12)) assert.fail(`loss differs by ${gap}`);
  assert.ok(weighted["kl"]! > 0 && weighted["kappa"]! > 1);
  assert.notEqual(weighted["gradientNorm"], without["gradientNorm"]);
});

function one(value: number): HostTensor {
  return hostTensor("f32", [1, 1], Float32Array.of(value));
}

/** Plain gradient descent. */
const SGD: Optimizer = {
  groups: [],
  scalarsAt: (_, rate) => ({ rate }),
  update: ({ parameter }, { scalars, factor }, { gradient }) => ({
    parameter: sub(parameter, mul(mul(gradient, factor), scalars.rate!)),
    kept: {},
  }),
};

/** Two players whose losses both depend on both, a frozen number and a count. */
function duel(): TrainingStep<"first" | "second"> {
  const shapes = { w: [1, 1] };
  const player = { ...rule({ rate: 0.5 }), optimizer: SGD, shapes };
  return {
    name: "duel",
    players: {
      first: { ...player, clip: 1e9, decays: new Set(), average: undefined },
      second: { ...player, clip: 1, decays: new Set() },
    },
    frozen: { scale: one(10) },
    buffers: { count: one(7) },
    inputs: {},
    build: ({ players, frozen, buffers }) => {
      const [a, b] = [players.first.get("w"), players.second.get("w")];
      const product = mul(mul(a, b), frozen.get("scale"));
      return {
        losses: {
          first: mean(product),
          second: mean(sub(square(b), mul(product, buffers.count!))),
        },
        reported: {},
        buffers: { count: add(buffers.count!, a) },
      };
    },
  };
}

async function numbersOf(
  engine: Engine,
  tensors: Readonly<Record<string, DeviceTensor>>,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    found[name] = (await engine.download(tensor)).data[0]!;
  }
  return found;
}

Deno.test("trainingProgram() lowers each player's loss by its own weights, from before the step", async () => {
  const step = duel();
  const engine = createReferenceEngine();
  const executable = await engine.compile(trainingProgram(step), {
    frozen: frozenStates(step),
  });
  const initial = { first: { w: one(2) }, second: { w: one(3) } };
  const state: Record<string, DeviceTensor> = {};
  for (const [name, value] of Object.entries(startState(step, initial))) {
    state[name] = await engine.upload(value);
  }
  const inputs = bindScalars(updateScalars(step.players, 0));
  const outputs = await engine.run(executable, { inputs, state });
  // d(10 a b)/da = 30; d(b^2 - 70 a b)/db = 6 - 140, brought down to -1.
  assert.deepEqual(await numbersOf(engine, outputs), {
    "loss/first": 60,
    "loss/second": 9 - 420,
    "gradientNorm/first": 30,
    "gradientNorm/second": 134,
  });
  const found = await numbersOf(engine, state);
  const expected = {
    "buffer/count": 9,
    "first/parameter/w": 2 - 15,
    "second/parameter/w": 3 + 0.5,
    "second/average/w": 3 + 0.05,
  };
  assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const gap = Math.abs(found[name]! - value);
    if (!(gap <= 1e-6)) assert.fail(`${name} is ${found[name]}, not ${value}`);
  }
});
