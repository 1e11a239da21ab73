/**
 * Our side of the comparisons: each kind of work on an engine, through the same
 * doors as the product.
 *
 * @module
 */
import { type Cost, CountedEngine, type Engine } from "../../lib/tensor/mod.ts";
import type { Contestant, Work, WorkKind } from "../work.ts";
import { features } from "./features.ts";
import { decoding, images, sampling } from "./sampling.ts";
import { arTraining, svaeGanTraining, svaeTraining } from "./training.ts";

type Makers = {
  readonly [K in WorkKind]: (
    engine: CountedEngine,
    work: Work<K>,
  ) => Promise<Contestant>;
};

const MAKERS: Makers = {
  "ar-training": arTraining,
  "svae-training": svaeTraining,
  "svae-gan-training": svaeGanTraining,
  sampling,
  images,
  decoding,
  features,
};

/** Iterations before anything is measured. */
const WARM_UP = 2;

/** Sets up a piece of work, warms it and counts what one iteration costs. */
export async function prepareOurs<K extends WorkKind>(
  engine: Engine,
  work: Work<K>,
): Promise<Contestant & { readonly cost: Cost }> {
  const counted = new CountedEngine(engine);
  const make = MAKERS[work.kind as K];
  const contestant = await make(counted, work);
  await contestant.measure(WARM_UP);
  return { ...contestant, cost: counted.costPer(WARM_UP) };
}
