import type { z } from "zod";
import {
  type AugmentationName,
  type AugmentationNumber,
  AUGMENTATIONS,
} from "../../image/augmentations/mod.ts";
import { namesOf } from "./names.ts";
import { sizeSchema } from "./size_table.ts";

/** How images are seen, by name. */
export const AUGMENTATION = namesOf(AUGMENTATIONS);

const KINDS = Object.assign(
  {},
  ...Object.values(AUGMENTATIONS).map(({ numbers }) => numbers),
) as Readonly<Record<AugmentationNumber, Parameters<typeof sizeSchema>[0]>>;

/** Schemas of the numbers of all augmentations; which are needed is checked. */
export const AUGMENTATION_NUMBERS = Object.fromEntries(
  Object.entries(KINDS).map(([name, kind]) => [name, sizeSchema(kind)]),
) as Readonly<Record<AugmentationNumber, z.ZodType<number>>>;

/** The same of a section, which says those of its augmentation. */
export function augmentationShape(): Record<
  AugmentationNumber,
  z.ZodOptional<z.ZodType<number>>
> {
  return Object.fromEntries(
    Object.entries(AUGMENTATION_NUMBERS)
      .map(([name, schema]) => [name, schema.optional()]),
  ) as Record<AugmentationNumber, z.ZodOptional<z.ZodType<number>>>;
}

/** What a section may say of augmentation. */
type Said =
  & { readonly augmentation?: AugmentationName | undefined }
  & { readonly [K in AugmentationNumber]?: number | undefined };

/** Requires the numbers of the augmentation that a section names, and no others. */
export function checkAugmentation(
  said: Said,
  context: z.core.$RefinementCtx,
): void {
  const { augmentation } = said;
  const needed: object = augmentation === undefined
    ? {}
    : AUGMENTATIONS[augmentation].numbers;
  for (const name of Object.keys(KINDS) as AugmentationNumber[]) {
    const given = said[name] !== undefined;
    if (given === Object.hasOwn(needed, name)) continue;
    const message = given
      ? `expected none ${augmentation ? "with" : "without"} ${
        augmentation ?? "augmentation"
      }`
      : `expected a number, which ${augmentation} needs`;
    context.addIssue({ code: "custom", path: [name], message });
  }
}

/** Requires a decay of augmentation to have both of its ends, in their order. */
export function checkDecay(
  { augmentUntil, augmentEnd }: {
    readonly augmentUntil?: number | undefined;
    readonly augmentEnd?: number | undefined;
  },
  context: z.core.$RefinementCtx,
): void {
  const fits = augmentUntil === undefined
    ? augmentEnd === undefined
    : augmentEnd !== undefined && augmentEnd >= augmentUntil;
  if (fits) return;
  const message = augmentUntil === undefined
    ? "expected none without augmentUntil"
    : `expected a number from augmentUntil, ${augmentUntil}, on`;
  context.addIssue({ code: "custom", path: ["augmentEnd"], message });
}
