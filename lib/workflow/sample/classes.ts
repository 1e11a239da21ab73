import {
  type ArtifactReader,
  assertLabels,
  UserError,
} from "../../artifact/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import type { HostTensor } from "../../tensor/mod.ts";
import { type ClassList, listedClasses } from "./class_names.ts";

/** What a user may say of the classes to sample. */
export interface ClassOptions {
  /** `uniform`, `balanced`, or names and numbers such as `heart,207,0-9`. */
  readonly classes?: ClassList | undefined;
  readonly count?: number | undefined;
}

/** What the classes depend on besides. */
export interface ClassContext {
  /** Names of the model's classes. */
  readonly names: readonly string[];
  /** Images of each class where no count is given. */
  readonly perClass: number;
  readonly seed: number;
  /** Number of each image, where they were chosen. */
  readonly indices?: Uint32Array | undefined;
}

/**
 * The class of each image: all of the model or those listed in turn, or one
 * drawn by chance from the seed and the image's index alone.
 *
 * @throws {UserError} when the model has no such class
 */
export function classesOf(
  { classes = "balanced", count }: ClassOptions,
  { names, perClass, seed, indices }: ClassContext,
): Int32Array {
  const all = classes === "balanced" || classes === "uniform";
  const listed = all ? [...names.keys()] : listedClasses(classes, names);
  const length = indices?.length ?? count ?? listed.length * perClass;
  const known = names.length;
  const classOf = classes === "uniform"
    ? (row: number) => drawnClass({ seed, row: indices?.[row] ?? row, known })
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
    readonly options: ClassOptions & { readonly seeds?: string | undefined };
  },
): Promise<Int32Array> {
  const { classes, count, seeds } = options;
  if ((classes ?? count ?? seeds) !== undefined) {
    throw new UserError(
      "Cannot take classes from an option and from --like: expected one of " +
        "--like, and --classes, --count or --seeds",
    );
  }
  const labels = await reader.read("labels") as HostTensor<"i32">;
  if (labels.data.length === 0) {
    throw new UserError(`Cannot use "${reader.name}": it holds no images`);
  }
  assertLabels(labels, { classes: known, file: reader.name });
  return labels.data;
}
