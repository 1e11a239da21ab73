import { adamW, ADAMW_EPSILON } from "../../lib/train/mod.ts";
import {
  input,
  type Node,
  type Program,
  program,
  type Shape,
} from "../../lib/tensor/mod.ts";

/** AdamW and the moving average of one parameter that decays. */
export function adamWProgram(name: string, shape: Shape): Program {
  const leaf = (key: string) => input(key, shape);
  const before = {
    parameter: leaf("parameter"),
    m: leaf("m"),
    v: leaf("v"),
    ema: leaf("ema"),
  };
  const gradient = leaf("gradient");
  const factor = input("factor", []);
  const scalars = {
    learningRate: input("learningRate", []),
    correction1: input("correction1", []),
    correction2: input("correction2", []),
    emaRate: input("emaRate", []),
  };
  const options = {
    beta1: 0.9,
    beta2: 0.95,
    epsilon: ADAMW_EPSILON,
    weightDecay: 0.05,
    clip: 1,
  };
  const shared = { scalars, options, factor };
  const after = adamW(before, gradient, { shared, decay: true });
  const slots = Object.entries<Node<"input">>(before).map(([key, value]) =>
    [key, { value, next: after[key as keyof typeof after] }] as const
  );
  const read = Object.entries<Node<"input">>({ gradient, factor, ...scalars })
    .map(([key, value]) => [key, { value }] as const);
  const state = Object.fromEntries([...slots, ...read]) as Program["state"];
  return program(name, { inputs: {}, state, outputs: {} });
}
