import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";

/** What a user may say of the classes to sample. */
export interface ClassOptions {
  /** `uniform`, `balanced`, or class numbers such as `207,360`. */
  readonly classes?: string | undefined;
  readonly count?: number | undefined;
}

/** What the classes depend on besides. */
export interface ClassContext {
  /** Classes of the model. */
  readonly known: number;
  /** Images of each class where no count is given. */
  readonly perClass: number;
  readonly seed: number;
}

/**
 * The class of each image: all of the model or those listed in turn, or one
 * drawn by chance from the seed and the image's index alone.
 *
 * @throws {UserError} when the model has no such class
 */
export function classesOf(
  { classes = "balanced", count }: ClassOptions,
  { known, perClass, seed }: ClassContext,
): Int32Array {
  const listed = /^\d/.test(classes)
    ? classes.split(",").map(Number)
    : Array.from({ length: known }, (_, label) => label);
  const bad = listed.find((label) => label >= known);
  if (bad !== undefined) {
    throw new UserError(
      `Cannot sample class ${bad}: the model has classes 0 to ${known - 1}`,
    );
  }
  const length = count ?? listed.length * perClass;
  const classOf = classes === "uniform"
    ? (row: number) => drawnClass({ seed, row, known })
    : (row: number) => listed[row % listed.length]!;
  return Int32Array.from({ length }, (_, row) => classOf(row));
}

function drawnClass(
  { seed, row, known }: { seed: number; row: number; known: number },
): number {
  return new RandomStream({ seed, stream: "sample classes", row })
    .integer(known);
}

/**
 * The class of each image of another set: what is compared with that set must
 * hold its classes in the same shares.
 *
 * @throws {UserError} when the model lacks a class, or classes or a count are
 *   asked for too
 */
export async function classesLike(
  reader: ArtifactReader,
  { known, options }: {
    readonly known: number;
    readonly options: ClassOptions;
  },
): Promise<Int32Array> {
  if (options.classes !== undefined || options.count !== undefined) {
    throw new UserError(
      "Cannot take classes from an option and from --like: expected one of " +
        "--like, and --classes or --count",
    );
  }
  const labels = await reader.read("labels") as HostTensor<"i32">;
  if (labels.data.length === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  assertLabels(labels, { classes: known, file: reader.name });
  return labels.data;
}
