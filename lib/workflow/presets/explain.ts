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
import { type ModelSizes, modelSizes } from "./parameters.ts";

/** A preset whole: its numbers, and where each one comes from. */
export interface ExplainedPreset {
  readonly name: string;
  readonly summary: string;
  readonly published?: Published | undefined;
  readonly parameters: ModelSizes;
  readonly numbers: Preset;
  /** By paths such as `vae.z_channels`. */
  readonly sources: Readonly<Record<string, Source>>;
}

/** Everything that is known of a preset. */
export function explainPreset(
  { name, summary, numbers, sources }: ResolvedPreset,
): ExplainedPreset {
  return {
    name,
    summary,
    published: isPresetName(name) ? publishedOf(name) : undefined,
    parameters: modelSizes(numbers),
    numbers,
    sources: Object.fromEntries(sources),
  };
}

/** A preset as text for people: a line for every number. */
export function describePreset(
  { name, summary, published, parameters, numbers, sources }: ExplainedPreset,
  color: boolean,
): string {
  const lines = Object.entries(sources).map(([path, source]) =>
    [path, shown(numberAt(numbers, path)), sourceText(source)] as const
  );
  return [
    `${paint("bold", name, color)}: ${summary}`,
    ...published === undefined ? [] : [`  published: ${scores(published)}`],
    ...sizeLines(parameters),
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

function sizeLines({ vae, ar, arClass = 0 }: ModelSizes): readonly string[] {
  const text = (count: number) => count.toLocaleString("en-US");
  return [
    ...vae === undefined ? [] : [`  VAE: ${text(vae)} parameters`],
    ...ar === undefined
      ? []
      : [`  AR model: ${text(ar)} parameters, ${text(arClass)} more a class`],
  ];
}
