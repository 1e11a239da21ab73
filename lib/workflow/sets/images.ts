import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import type { Pictures } from "../../train/mod.ts";

/** A set of labelled images in memory. */
export interface LabelledImages extends Pictures {
  readonly count: number;
  readonly labels: Int32Array;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Which classes may be mirrored. */
  readonly flips: readonly boolean[];
}

/**
 * Reads an images artifact whole.
 *
 * @throws {UserError} when it is empty, its images have another size, or a
 *   label has no class
 */
export async function readImages(
  reader: ArtifactReader,
  size?: number,
): Promise<LabelledImages> {
  const { images: count = 0, height, width } = reader.sizes;
  if (count === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  if (height !== width || (size !== undefined && height !== size)) {
    throw new UserError(
      `Cannot use "${reader.name}": its images are ${height} x ${width}, ` +
        `expected ${size ?? height} x ${size ?? height}`,
    );
  }
  const { data } = await reader.read("images");
  const labels = await reader.read("labels");
  const classes = stringsOf(reader, "classes");
  const flips = listOf(reader, "flips").map((flip) => flip === true);
  assertLabels(labels, { classes: classes.length, file: reader.name });
  return {
    size: height!,
    data: data as Uint8Array,
    count,
    labels: labels.data as Int32Array,
    classes,
    flips,
  };
}

/** A list in an artifact's configuration; @throws {UserError} when it is none. */
function listOf(reader: ArtifactReader, key: string): readonly unknown[] {
  const value = reader.config[key];
  if (Array.isArray(value)) return value;
  throw new UserError(
    `Cannot use "${reader.name}": config.${key} is ${JSON.stringify(value)}, ` +
      "expected a list",
  );
}

/** Names in an artifact's configuration; @throws {UserError} when they are none. */
export function stringsOf(reader: ArtifactReader, key: string): string[] {
  return listOf(reader, key).map((item) => {
    if (typeof item === "string") return item;
    throw new UserError(
      `Cannot use "${reader.name}": config.${key} holds ` +
        `${JSON.stringify(item)}, expected names`,
    );
  });
}
