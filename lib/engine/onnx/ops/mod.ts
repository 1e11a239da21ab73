import type { Dialect, LoweringTable } from "../lowering.ts";
import { composite, standardComposite } from "./composite.ts";
import { contraction } from "./contraction.ts";
import { elementwise } from "./elementwise.ts";
import { indexing } from "./indexing.ts";
import { leaf } from "./leaf.ts";
import { movement } from "./movement.ts";
import { random } from "./random.ts";
import { reduce } from "./reduce.ts";

const onnxruntime: LoweringTable = {
  ...leaf,
  ...elementwise,
  ...reduce,
  ...movement,
  ...contraction,
  ...indexing,
  ...random,
  ...composite,
};

/** How every op becomes ONNX operators, by what these may be. */
export const LOWERINGS: Readonly<Record<Dialect, LoweringTable>> = {
  onnxruntime,
  standard: { ...onnxruntime, ...standardComposite },
};
