import { z } from "zod";
import { type ArtifactReader, UserError } from "../../artifact/mod.ts";
import { figureOf, type FigureTitle, metricOf } from "../../metric/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import {
  type FigureTable,
  type Headline,
  numberText,
} from "../../report/mod.ts";

const FIGURES = z.record(z.string(), z.number().nullable());
const RECORD = z.record(z.string(), z.unknown());

const SAID = z.looseObject({
  file: z.string(),
  digest: z.string(),
  network: z.string().optional(),
  weights: z.string().optional(),
  precision: z.string().optional(),
  repeats: z.number().optional(),
  conditions: RECORD.default({}),
  pictures: z.looseObject({
    formats: z.record(z.string(), z.number()),
    resizedTo: z.number().optional(),
  }).optional(),
});

type Said = z.infer<typeof SAID>;

const EVALUATED = z.object({
  sets: z.record(z.string(), FIGURES),
  reconstruction: z.record(z.string(), FIGURES).default({}),
  measured: z.record(z.string(), SAID),
});

/** Digits of a digest that are shown. */
const DIGEST = 12;

/** Figures that stand at the head of the page. */
const HEADLINES = 4;

/** Whether figures are those of `evaluate`, which says what they are of. */
export function areEvaluated(
  { config }: Pick<ArtifactReader, "config">,
): boolean {
  return config["measured"] !== undefined;
}

/**
 * What the page shows of two sets, one measured by the other.
 *
 * @throws {UserError} naming the file and what does not fit
 */
export function evaluatedParts(reader: ArtifactReader): {
  readonly headlines: readonly Headline[];
  readonly tables: readonly FigureTable[];
  readonly notes: readonly string[];
} {
  const parsed = EVALUATED.safeParse(reader.config);
  if (!parsed.success) {
    const under = ["config"];
    const line = issueLine(parsed.error, reader.config, { under });
    throw new UserError(`Cannot use "${reader.name}": ${line}`);
  }
  const { sets, reconstruction, measured } = parsed.data;
  const { reference, ...roles } = measured;
  const rows = Object.keys(roles).map((role) => {
    const values = { ...sets[role], ...reconstruction[role] };
    return { name: role, title: role, values };
  });
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))]
    .filter((name) => figureOf(name) !== undefined);
  const counts = ["n", "n_reference"] as const;
  return {
    headlines: names.slice(0, HEADLINES).map((name) => headline(name, rows)),
    tables: [{
      name: "sets",
      title: "Sets by their reference",
      caption: [
        ...Object.entries(roles).map(([role, said]) => lineOf(role, said)),
        ...reference === undefined ? [] : [lineOf("reference", reference)],
      ].join(" "),
      columns: [
        ...counts.map((name, i) => ({ name, title: ["n", "against"][i]! })),
        ...names.map((name) => {
          const { digits } = titleOf(name);
          return { name, title: name, digits };
        }),
      ],
      rows,
    }],
    notes: [
      "A figure's name says what sets it apart from published ones: fewer than " +
      "10,000 samples by their number, formats that lose pixels, a resize.",
    ],
  };
}

function titleOf(name: string): FigureTitle {
  return metricOf(figureOf(name)!);
}

function headline(
  name: string,
  rows: readonly { readonly values: Readonly<Record<string, number | null>> }[],
): Headline {
  const { title, digits, better } = titleOf(name);
  const { values } = rows.find(({ values }) => name in values)!;
  return {
    title,
    value: numberText(values[name] ?? null, digits),
    note: `${name}, n = ${values["n"]}; ${better} is better`,
  };
}

/** What a set is, in one sentence. */
function lineOf(
  role: string,
  { file, digest, network, weights, precision, repeats, ...said }: Said,
): string {
  const { conditions, pictures } = said;
  const parts = [
    `${role}: "${file}", SHA-256 ${digest.slice(0, DIGEST)}`,
    ...pictures === undefined ? [] : [
      `pictures ${Object.keys(pictures.formats).join(" and ")}`,
      ...pictures.resizedTo === undefined
        ? []
        : [`resized to ${pictures.resizedTo} pixels`],
    ],
    ...network === undefined
      ? []
      : [`${network}, weights ${weights?.slice(0, DIGEST) ?? "unknown"}`],
    ...precision === undefined ? [] : [`features in ${precision}`],
    ...Object.entries(conditions).map(([name, value]) =>
      `${name} ${
        String(value).slice(0, 60).replace(/^([0-9a-f]{12})[0-9a-f]{48}$/, "$1")
      }`
    ),
    ...repeats ? [`${repeats} copies of others`] : [],
  ];
  return `${parts.join(", ")}.`;
}
