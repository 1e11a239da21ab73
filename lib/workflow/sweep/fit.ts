import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { type MetricName, metricOf } from "../../metric/mod.ts";
import { fittingOf } from "../features/mod.ts";
import { readNetwork } from "../models/mod.ts";

/** What is to be measured, and by what. */
export interface Measuring {
  readonly reference: ArtifactReader;
  readonly network: ArtifactReader;
  /** Figures that are asked for by name. */
  readonly metrics: readonly MetricName[] | undefined;
  /** Height and width of the images that will be sampled. */
  readonly size: number;
}

/**
 * Refuses before images are sampled what could not be measured after it.
 *
 * @throws {UserError} where network, reference, images and figures do not fit
 */
export async function checkMeasuring(
  { reference, network, metrics = [], size }: Measuring,
): Promise<void> {
  const model = await readNetwork(network);
  const { name } = model.config;
  fittingOf(model, { name: "the samples", height: size, width: size });
  const height = reference.sizes["height"] ?? reference.config["height"];
  if (typeof height === "number" && height !== size) {
    throw new UserError(
      `Cannot measure samples by "${reference.name}": its images have ` +
        `${height} pixels a side, those of the model ${size}`,
    );
  }
  for (const asked of metrics) {
    const metric = metricOf(asked);
    if (metric.of !== "sets" || metric.set !== "samples") {
      throw new UserError(`Cannot sweep ${asked}: it is no figure of samples`);
    }
    if (metric.needs.network === name) continue;
    throw new UserError(
      `Cannot measure ${asked}: it takes features of ` +
        `${metric.needs.network}, "${network.name}" is ${name}`,
    );
  }
}
