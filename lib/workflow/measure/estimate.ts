import type { ArtifactFacts } from "../../artifact/mod.ts";
import type { Estimate } from "../../pipeline/mod.ts";
import type { ProgramRuns } from "../../tensor/mod.ts";
import { countedImages, countFeatures } from "../features/mod.ts";
import { countedNetwork } from "../models/mod.ts";
import { WITH_IMAGES } from "./measured_set.ts";

/** Sets of an evaluation, those that are measured first. */
const SETS = ["samples", "reconstructions", "reference"] as const;

/** What is estimated, before or after the files are there. */
interface Given {
  readonly inputs: Readonly<
    Record<typeof SETS[number] | "network", ArtifactFacts | undefined>
  >;
  /** Images in one engine call. */
  readonly batch: number;
  /** Whether an input is given, be it there yet or not. */
  takes(input: typeof SETS[number] | "network"): boolean;
}

/**
 * What `evaluate` would do: features that it takes of images. Undefined where a
 * set or the network says nothing yet.
 */
export async function estimateEvaluation(
  { inputs, batch, takes }: Given,
): Promise<Estimate | undefined> {
  const { network } = inputs;
  if (takes("network") && network === undefined) return undefined;
  const model = network && countedNetwork(network);
  const work: ProgramRuns[] = [];
  const amounts: string[] = [];
  // Pictures of different sizes are cut to what they are compared with.
  let size: number | undefined;
  for (const role of SETS.filter(takes)) {
    const set = inputs[role];
    if (set === undefined) return undefined;
    const { images } = set.sizes;
    amounts.push(
      images === undefined
        ? "statistics"
        : `${images.toLocaleString("en-US")} images`,
    );
    if (!WITH_IMAGES.includes(set.kind)) continue;
    const pixels = countedImages(set, size);
    if (pixels === undefined) return undefined;
    size ??= pixels.height;
    if (model === undefined) continue;
    work.push(...await countFeatures(model, pixels, { batch }));
  }
  const reference = amounts.pop();
  return {
    amount: `${amounts.join(" and ")} by ${reference}`,
    work,
    notes: ["distances between features are not counted"],
  };
}
