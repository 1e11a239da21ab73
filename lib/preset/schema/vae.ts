import { z } from "zod";
import {
  type BackboneName,
  backboneOf,
  BACKBONES,
  LATENT_SCALE,
  type LatentLaw,
  NORMALIZATIONS,
  PAPER_LAW,
  POSTERIORS,
  type VaeConfig,
  vaeSizes,
} from "../../model/mod.ts";
import { namesOf } from "./names.ts";
import { shapeOf, sizeSchema } from "./size_table.ts";

/** Names of backbones; files of before there were several do not say theirs. */
export const BACKBONE = namesOf(BACKBONES).default("hybrid").describe(
  "what encodes images to features and decodes them",
);

/** The law of latents, as artifacts and people say it. */
export const LAW = z.object({
  posterior: namesOf(POSTERIORS).describe("family of the latents' posteriors"),
  normalize: namesOf(NORMALIZATIONS).describe(
    "who sees latents projected onto the sphere that are off it: nobody, the " +
      "decoder, or the AR model too (all)",
  ),
  latent_scale: sizeSchema(LATENT_SCALE).optional(),
});

/** That law, where files may leave out what was so before they could say it. */
export function lawSchema(unsaid: Partial<LatentLaw>) {
  const { posterior, normalize } = { ...PAPER_LAW, ...unsaid };
  const { shape } = LAW;
  return LAW.extend({
    posterior: shape.posterior.default(posterior),
    normalize: shape.normalize.default(normalize),
    latent_scale: unsaid.latent_scale === undefined
      ? shape.latent_scale
      : shape.latent_scale.default(unsaid.latent_scale),
  });
}

/** Numbers of all posteriors: which are needed is checked with the law. */
function posteriorNumbers(): Record<string, z.ZodType> {
  const tables = Object.values(POSTERIORS).map(({ numbers }) => numbers);
  const numbers = Object.entries(shapeOf(Object.assign({}, ...tables)));
  return Object.fromEntries(
    numbers.map(([name, schema]) => [name, schema.optional()] as const),
  );
}

/** Everything that the configuration of a VAE may say, none of it required. */
export function openVae(...backbones: readonly BackboneName[]) {
  const sizes = backbones.map((backbone) => vaeSizes(backboneOf({ backbone })));
  return z.object({
    ...LAW.shape,
    ...posteriorNumbers(),
    ...shapeOf(Object.assign({}, ...sizes)),
  }).partial();
}

/** Configuration of a VAE of a backbone, as artifacts hold it. */
export function vaeSchema<K extends BackboneName>(
  backbone: K,
): z.ZodType<VaeConfig<K>, unknown> {
  const row = backboneOf({ backbone });
  const schema = z.object({
    backbone: z.literal(backbone).default(backbone),
    ...lawSchema({ posterior: row.posterior }).shape,
    ...posteriorNumbers(),
    ...shapeOf(vaeSizes(row)),
  });
  // What the tables say at run time, their types say to the compiler.
  return schema as unknown as z.ZodType<VaeConfig<K>, unknown>;
}

/** A VAE in a preset: it has no numbers of other backbones or posteriors. */
export const VAE_SCHEMA: z.ZodType<VaeConfig, unknown> = z.strictObject({
  backbone: BACKBONE,
  ...openVae(...Object.keys(BACKBONES) as BackboneName[]).shape,
}).transform((said, context) => {
  const { success, data, error } = vaeSchema(said.backbone).safeParse(said);
  if (success) {
    for (const name of strangers(said, data)) {
      const of = `${data.backbone} and ${data.posterior}`;
      const message = `expected none with ${of}`;
      context.addIssue({ code: "custom", path: [name], message, input: said });
    }
    return data;
  }
  for (const { path, message } of error.issues) {
    context.addIssue({ code: "custom", path: [...path], message, input: said });
  }
  return z.NEVER;
});

/** Numbers that a VAE has no use for. */
function strangers(said: object, { backbone, posterior }: VaeConfig): string[] {
  const used = new Set([
    "backbone",
    ...Object.keys(LAW.shape),
    ...Object.keys(POSTERIORS[posterior].numbers),
    ...Object.keys(vaeSizes(backboneOf({ backbone }))),
  ]);
  return Object.keys(said).filter((name) => !used.has(name));
}
