import { z } from "zod";
import { JsonError, parseJson, UserError } from "../../lib/artifact/mod.ts";
import type { ParquetColumn, ParquetFile } from "../../lib/container/mod.ts";

/** What the Hub puts into its files under the key "huggingface". */
const HUB = z.object({
  info: z.object({
    features: z.record(
      z.string(),
      z.object({
        _type: z.string().optional(),
        names: z.array(z.string()).optional(),
      }),
    ),
  }),
});

type Features = z.infer<typeof HUB>["info"]["features"];

/** The columns of pictures and labels, and what the labels mean. */
export interface PictureColumns {
  readonly picture: ParquetColumn;
  readonly label: ParquetColumn;
  /** Names of the classes; undefined where the file does not say them. */
  readonly names: readonly string[] | undefined;
}

/**
 * Finds the columns of a file: those that the Hub's metadata call Image and
 * ClassLabel, else `image` and `label`.
 *
 * @throws {UserError} naming the file when either is not there
 */
export function pictureColumns(
  file: ParquetFile,
  path: string,
): PictureColumns {
  const features = featuresOf(file.text("huggingface"));
  const image = nameOf(features, "Image") ?? "image";
  const label = nameOf(features, "ClassLabel") ?? "label";
  const find = (name: string) => {
    const column = file.columns.find(({ path }) => path === name);
    if (column !== undefined) return column;
    const there = file.columns.map(({ path }) => path).join(", ");
    throw new UserError(
      `Cannot use "${path}" as a dataset: expected a column ${name}, found ` +
        (there === "" ? "none" : JSON.stringify(there)),
    );
  };
  const names = features[label]?.names;
  return { picture: find(`${image}.bytes`), label: find(label), names };
}

function nameOf(features: Features, type: string): string | undefined {
  return Object.keys(features).find((name) => features[name]!._type === type);
}

function featuresOf(text: string | undefined): Features {
  if (text === undefined) return {};
  try {
    return HUB.safeParse(parseJson(text)).data?.info.features ?? {};
  } catch (error) {
    if (error instanceof JsonError) return {};
    throw error;
  }
}
