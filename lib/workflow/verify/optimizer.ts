import { z } from "zod";
import {
  adamW,
  bindScalars,
  learningRate,
  type Player,
  scalarInputs,
  startState,
  StateLayout,
  stateName,
  updateScalars,
  updateSlots,
} from "../../train/mod.ts";
import {
  type DeviceTensor,
  type Engine,
  type Executable,
  type HostTensor,
  hostTensor,
  input,
  type Node,
  type Program,
  program,
  type Shape,
} from "../../tensor/mod.ts";
import { type Check, floatTolerance } from "./check.ts";
import type { Recording } from "../recording/mod.ts";

const CONFIG = z.object({
  peak: z.number(),
  min: z.number(),
  warmup: z.int().min(0),
  decay_start: z.int().min(0),
  total: z.int().min(1),
  betas: z.tuple([z.number(), z.number()]),
  eps: z.number(),
  weight_decay: z.number(),
  clip: z.number(),
  ema: z.number(),
  steps: z.array(z.object({
    step: z.int().min(0),
    lr: z.number(),
    grad_norm: z.number(),
  })).max(10_000),
});

type Config = z.infer<typeof CONFIG>;
type Values = Record<string, HostTensor>;

/** The only player's name. */
const PLAYER = "model";

/** AdamW with clipping, schedule, decay groups and moving average, step by step. */
export async function* optimizerCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const config = recording.config(CONFIG);
  const parameters: Values = {};
  for (const path of recording.names(PARAMETERS)) {
    parameters[path.slice(PARAMETERS.length)] = await recording.read(path);
  }
  const player = playerOf(config, parameters);
  const updates = await Updates.start(engine, player, parameters);
  const tolerance = floatTolerance(engine);
  for (const { step, lr, grad_norm } of config.steps) {
    const gradients: Values = {};
    for (const name of Object.keys(parameters)) {
      gradients[name] = await recording.read(`in/grad/${step}/${name}`);
    }
    const norm = await updates.advance(step, gradients);
    const place = `config.steps[${step}]`;
    const rate = learningRate(step, player.schedule);
    yield scalarCheck(`${place}.lr`, { actual: rate, expected: lr, tolerance });
    yield scalarCheck(`${place}.grad_norm`, {
      actual: norm,
      expected: grad_norm,
      tolerance,
    });
    for (const [group, label] of RECORDED) {
      const values = await updates.read(group);
      for (const [name, actual] of Object.entries(values)) {
        const tensor = `out/${label}/${step}/${name}`;
        const expected = await recording.read(tensor);
        yield { tensor, actual, expected, tolerance };
      }
    }
  }
  updates.dispose();
}

const PARAMETERS = "in/param/";

/** Groups of the state and what recordings call them. */
const RECORDED = [["parameter", "param"], ["average", "ema"]] as const;

function playerOf(config: Config, parameters: Values): Player {
  const [beta1, beta2] = config.betas;
  const { eps: epsilon, weight_decay: weightDecay } = config;
  const shapes = Object.fromEntries(
    Object.entries(parameters).map(([name, { shape }]) => [name, shape]),
  );
  return {
    shapes,
    optimizer: adamW({ beta1, beta2, epsilon, weightDecay }),
    schedule: { ...config, decayStart: config.decay_start },
    clip: config.clip,
    decays: new Set(
      Object.entries(shapes).filter(([name, shape]) => decays(name, shape))
        .map(([name]) => name),
    ),
    average: { decay: config.ema, ramp: false },
  };
}

/** Whether weight decay applies to a parameter in the release (create_optimizer). */
function decays(name: string, shape: Shape): boolean {
  return shape.length >= 2 &&
    !name.includes("proj_in") && !name.includes("cls_embedding");
}

function scalarCheck(
  tensor: string,
  { actual, expected, tolerance }: {
    actual: number;
    expected: number;
    tolerance: number;
  },
): Check {
  return {
    tensor,
    actual: hostTensor("f64", [], Float64Array.of(actual)),
    expected: hostTensor("f64", [], Float64Array.of(expected)),
    tolerance,
  };
}

/** A player's updates by gradients that are given. */
class Updates {
  readonly #engine: Engine;
  readonly #player: Player;
  readonly #executable: Executable;
  readonly #state: Readonly<Record<string, DeviceTensor>>;

  private constructor(
    engine: Engine,
    player: Player,
    { executable, state }: {
      executable: Executable;
      state: Readonly<Record<string, DeviceTensor>>;
    },
  ) {
    this.#engine = engine;
    this.#player = player;
    this.#executable = executable;
    this.#state = state;
  }

  static async start(
    engine: Engine,
    player: Player,
    parameters: Values,
  ): Promise<Updates> {
    const players = { [PLAYER]: player };
    const executable = await engine.compile(updateProgram(player));
    const state: Record<string, DeviceTensor> = {};
    const start = startState({ players }, { [PLAYER]: parameters });
    for (const [name, value] of Object.entries(start)) {
      state[name] = await engine.upload(value);
    }
    return new Updates(engine, player, { executable, state });
  }

  /** Does a step and gives the gradients' norm. */
  async advance(step: number, gradients: Values): Promise<number> {
    const numbers = updateScalars({ [PLAYER]: this.#player }, step);
    const { norm } = await this.#engine.run(this.#executable, {
      inputs: {
        ...new StateLayout(this.#player.shapes).pack(gradients),
        ...bindScalars(numbers),
      },
      state: this.#state,
    });
    return (await this.#engine.download(norm!)).data[0]!;
  }

  /** A group of the state, by the parameters' names. */
  async read(group: string): Promise<Values> {
    const layout = new StateLayout(this.#player.shapes);
    const packed: Values = {};
    for (const name of Object.keys(layout.shapes)) {
      const tensor = this.#state[stateName({ player: PLAYER, group, name })]!;
      packed[name] = await this.#engine.download(tensor);
    }
    return layout.unpack(packed);
  }

  dispose(): void {
    this.#engine.dispose(this.#executable);
    for (const tensor of Object.values(this.#state)) {
      this.#engine.dispose(tensor);
    }
  }
}

/** A player's update; inputs are the gradients of its state's layout. */
function updateProgram(player: Player): Program {
  const players = { [PLAYER]: player };
  const gradients: Record<string, Node<"input">> = {};
  const leaves: Record<string, Node<"input">> = {};
  const { shapes } = new StateLayout(player.shapes);
  for (const [name, shape] of Object.entries(shapes)) {
    gradients[name] = input(`gradient/${name}`, shape);
    leaves[name] = input(name, shape);
  }
  const numbers = scalarInputs(players, { skips: false });
  const { state, norms } = updateSlots({
    players,
    skips: false,
    leaves: { [PLAYER]: leaves },
    gradients: { [PLAYER]: gradients },
    numbers,
  });
  return program("optimizer", {
    inputs: { ...gradients, ...numbers },
    state,
    outputs: { norm: norms.gradientNorm! },
  });
}
