import { adamW, movedAverage } from "../../lib/train/mod.ts";
import {
  input,
  type Node,
  type Program,
  program,
  type Shape,
} from "../../lib/tensor/mod.ts";

const OPTIMIZER = adamW({ beta1: 0.9, beta2: 0.95, weightDecay: 0.05 });

/** AdamW and the moving average of one parameter that decays. */
export function adamWProgram(name: string, shape: Shape): Program {
  const leaf = (key: string) => input(key, shape);
  const parameter = leaf("parameter");
  const kept = { m: leaf("m"), v: leaf("v") };
  const average = leaf("average");
  const gradient = leaf("gradient");
  const factor = input("factor", []);
  const scalars: Record<string, Node<"input">> = {};
  for (
    const key of [...Object.keys(OPTIMIZER.scalarsAt(0, 0)), "averageRate"]
  ) {
    scalars[key] = input(key, []);
  }
  const after = OPTIMIZER.update({ parameter, kept }, { scalars, factor }, {
    gradient,
    decay: true,
  });
  const next = movedAverage(average, after.parameter, scalars.averageRate!);
  const read = Object.entries<Node<"input">>({ gradient, factor, ...scalars })
    .map(([key, value]) => [key, { value }] as const);
  return program(name, {
    state: {
      parameter: { value: parameter, next: after.parameter },
      m: { value: kept.m, next: after.kept.m! },
      v: { value: kept.v, next: after.kept.v! },
      average: { value: average, next },
      ...Object.fromEntries(read),
    },
  });
}
