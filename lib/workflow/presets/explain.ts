import { paint, table } from "../../pipeline/mod.ts";
import type { ResolvedPreset } from "../../preset/checked.ts";
import {
  isPresetName,
  type Preset,
  type Published,
  publishedOf,
  type Source,
  sourceText,
} from "../../preset/mod.ts";
import { checkPreset } from "../options/mod.ts";
import { type ModelCosts, modelCosts } from "./model_costs.ts";

/** A preset whole: its numbers, and where each one comes from. */
export interface ExplainedPreset {
  readonly name: string;
  readonly summary: string;
  readonly published?: Published | undefined;
  readonly models: ModelCosts;
  readonly numbers: Preset;
  /** By paths such as `vae.z_channels`. */
  readonly sources: Readonly<Record<string, Source>>;
}

/**
 * Everything that is known of a preset.
 *
 * @throws {UserError} where its sizes do not fit each other
 */
export function explainPreset(
  { name, summary, numbers, sources }: ResolvedPreset,
): ExplainedPreset {
  return {
    name,
    summary,
    published: isPresetName(name) ? publishedOf(name) : undefined,
    models: checkPreset(name, () => modelCosts(numbers)),
    numbers,
    sources: Object.fromEntries(sources),
  };
}

/** A preset as text for people: a line for every number. */
export function describePreset(
  { name, summary, published, models, numbers, sources }: ExplainedPreset,
  color: boolean,
): string {
  const lines = Object.entries(sources).map(([path, source]) =>
    [path, shown(numberAt(numbers, path)), sourceText(source)] as const
  );
  return [
    `${paint("bold", name, color)}: ${summary}`,
    ...published === undefined ? [] : [`  published: ${scores(published)}`],
    ...costLines(models),
    ...table(lines).map((line) => `  ${line}`),
  ].join("\n");
}

function numberAt(numbers: Preset, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (tree, key) => (tree as Readonly<Record<string, unknown>>)[key],
    numbers,
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What published figures are called. */
const FIGURES = {
  parameters: "parameters",
  fid: "FID",
  inceptionScore: "IS",
  precision: "precision",
  recall: "recall",
} as const;

function scores({ source, ...figures }: Published): string {
  const named = Object.entries(figures).map(([key, value]) =>
    `${FIGURES[key as keyof typeof FIGURES]} ${value.toLocaleString("en-US")}`
  );
  return `${named.join(", ")} (${sourceText(source)})`;
}

function costLines({ vae, ar }: ModelCosts): readonly string[] {
  const text = (count: number) => count.toLocaleString("en-US");
  const work = (flops: number) => {
    const digits = { maximumSignificantDigits: 3 };
    return `${(flops / 1e9).toLocaleString("en-US", digits)} GFLOP`;
  };
  const lines: string[] = [];
  if (vae !== undefined) {
    const { parameters, encodeFlops, decodeFlops } = vae;
    lines.push(
      `  VAE: ${text(parameters)} parameters; ${work(encodeFlops)} to encode ` +
        `an image, ${work(decodeFlops)} to decode it`,
    );
  }
  if (ar !== undefined) {
    const { parameters, parametersOfClass, statesFlops, headFlops } = ar;
    lines.push(
      `  AR model: ${text(parameters)} parameters, ` +
        `${text(parametersOfClass)} more a class; ${work(statesFlops)} for ` +
        `the states of an image, ${work(headFlops)} for a head step at all ` +
        "tokens",
    );
  }
  return lines;
}
