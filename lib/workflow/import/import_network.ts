import type { z } from "zod";
import { type JsonRecord, UserError } from "../../artifact/mod.ts";
import type { WeightFile, WeightSet } from "../../interop/mod.ts";
import {
  FEATURE_NETWORKS,
  type FeatureNetwork,
  type FeatureNetworkConfig,
  featureNetworkOf,
  type ParameterSource,
  type PublishedForm,
} from "../../model/mod.ts";
import { isOfficialName, OFFICIAL } from "../../official/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import { NETWORK_CONFIGS } from "../models/mod.ts";
import { sizeOf } from "../../tensor/mod.ts";
import { checkTensor } from "./check_tensor.ts";
import { DerivedWeights } from "./derived_weights.ts";
import type { ImportSummary } from "./import_weights.ts";
import { tellKnown } from "./known.ts";
import { unwrapped } from "./wrappers.ts";
import { type ImportTools, writeWeights } from "./write_weights.ts";

/** A network, and the form in which a file has its weights. */
interface Recognised {
  readonly network: FeatureNetwork<FeatureNetworkConfig>;
  readonly form: PublishedForm<FeatureNetworkConfig>;
}

/** The network of features in a file; undefined where there is none. */
export function networkIn({ sets }: WeightFile): Recognised | undefined {
  const names = [...sets.get("model")?.tensors.keys() ?? []];
  const rows: readonly FeatureNetwork<FeatureNetworkConfig>[] = Object.values(
    FEATURE_NETWORKS,
  );
  for (const network of rows) {
    const form = network.published
      .find(({ sign }) => names.some((name) => name.endsWith(sign)));
    if (form !== undefined) return { network, form };
  }
  return undefined;
}

/**
 * Imports a network of features as an artifact of the kind `network`.
 *
 * @throws {UserError} where a tensor is missing, unknown, misshapen or not finite
 */
export async function importNetwork(
  file: WeightFile,
  output: string,
  tools: ImportTools,
): Promise<ImportSummary> {
  const { network, form } = networkIn(file)!;
  const set = unwrapped(file.sets.get("model")!, file.name);
  const shown = [...set.tensors]
    .map(([name, { shape }]) => [name, shape] as const);
  const config = checkedSizes(file.name, form.configOf(new Map(shown)));
  const sources = form.sources(config);
  checkTensors(set, { file: file.name, form, sources });
  const digest = await file.digest();
  if (isOfficialName(config.name)) {
    tellKnown(OFFICIAL[config.name].files[0], digest, tools);
  }
  const shapes = network.shapes(config);
  const derived = new DerivedWeights({
    file: file.name,
    set,
    sources,
    shapes,
  });
  await writeWeights(output, {
    kind: "network",
    config: { ...config } as JsonRecord,
    options: {},
    inputs: { weights: digest },
    tensors: Object.keys(shapes).map((name) => ({
      file: file.name,
      set: derived,
      name,
      stored: name,
    })),
  }, tools);
  const sizes = Object.values(shapes).map(sizeOf);
  return {
    kind: "network",
    weights: "model",
    network: network.title,
    from: form.title,
    tensors: sizes.length,
    parameters: sizes.reduce((sum, count) => sum + count, 0),
    output,
  };
}

/** @throws {UserError} where the sizes that a file's tensors show fit no network */
function checkedSizes(
  file: string,
  shown: FeatureNetworkConfig,
): FeatureNetworkConfig {
  const schema: z.ZodType<FeatureNetworkConfig> = NETWORK_CONFIGS[shown.name];
  const fail = (detail: string) =>
    new UserError(`Cannot import "${file}": what its tensors show: ${detail}`);
  const parsed = schema.safeParse(shown);
  if (!parsed.success) {
    throw fail(issueLine(parsed.error, shown, { under: [] }));
  }
  try {
    featureNetworkOf(parsed.data).check(parsed.data);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw fail(error.message);
  }
  return parsed.data;
}

/** All tensors that the network is made of, in their shapes, and no unknown one. */
function checkTensors(
  { tensors }: WeightSet,
  { file, form, sources }: {
    readonly file: string;
    readonly form: PublishedForm<FeatureNetworkConfig>;
    readonly sources: Readonly<Record<string, ParameterSource>>;
  },
): void {
  const used = new Set<string>();
  for (const { of } of Object.values(sources)) {
    for (const [name, shape] of Object.entries(of)) {
      checkTensor(tensors.get(name), { file, name, shape });
      used.add(name);
    }
  }
  const unknown = [...tensors.keys()]
    .find((name) => !used.has(name) && !form.unused.test(name));
  if (unknown !== undefined) {
    throw new UserError(
      `Cannot import "${file}": tensor "${unknown}" is none of ${form.title}`,
    );
  }
}
