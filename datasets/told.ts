import { ioError, UserError } from "../lib/artifact/mod.ts";
import { DATASET } from "./option.ts";
import { DATASETS, formOf } from "./table.ts";

/** `n01440764`, its archive, or what is in its folder. */
const SYNSET = /(^|\/)n\d{8}(\.tar$|$|\/)/;
/** Pictures of ImageNet's validation. */
const VALIDATION = /(^|\/)ILSVRC2012_val_\d+\.JPEG$/i;

/** What is there at a path, as far as it tells the kind of a dataset. */
interface Found {
  /** Names in a folder, or of the first file in an archive. */
  readonly names: readonly string[];
  readonly isFolder: boolean;
}

/** How kinds are told, in this order; all take the path as it is. */
const SIGNS: readonly {
  readonly kind: string;
  tells(found: Found): boolean;
}[] = [
  { kind: "imagenet", tells: ({ names }) => anyOf(names, SYNSET) },
  { kind: "imagenet-val", tells: ({ names }) => anyOf(names, VALIDATION) },
  { kind: "parquet", tells: ({ names }) => anyOf(names, /\.parquet$/) },
  {
    kind: "webdataset",
    tells: ({ names, isFolder }) => !isFolder || anyOf(names, /\.tar$/),
  },
  { kind: "folder", tells: () => true },
];

function anyOf(names: readonly string[], sign: RegExp): boolean {
  return names.some((name) => sign.test(name));
}

/**
 * A dataset as `--dataset` says it: as it is given, or a bare path with the kind
 * of what is there before it.
 *
 * @throws {UserError} when there is nothing at the path, or it tells no kind
 */
export async function toldDataset(given: string): Promise<string> {
  if (DATASET.safeParse(given).success) return given;
  const kind = /\.parquet$/.test(given)
    ? "parquet"
    : /\{\d+\.\.\d+\}/.test(given)
    ? "webdataset"
    : await kindAt(given);
  return `${kind}:${given}`;
}

async function kindAt(path: string): Promise<string> {
  const found = await lookAt(path);
  const sign = found.names.length === 0
    ? undefined
    : SIGNS.find(({ tells }) => tells(found));
  if (sign !== undefined) return sign.kind;
  throw new UserError(
    `Cannot tell what dataset "${path}" is: expected an archive, a folder, ` +
      `.parquet files, or its kind before it: ${
        DATASETS.map(formOf).join(", ")
      }`,
  );
}

async function lookAt(path: string): Promise<Found> {
  try {
    if (!(await Deno.stat(path)).isDirectory) {
      const { firstFile } = await import("../lib/container/mod.ts");
      const first = await firstFile(path);
      return { names: first === undefined ? [] : [first], isFolder: false };
    }
    const names: string[] = [];
    for await (const { name } of Deno.readDir(path)) {
      if (!name.startsWith(".")) names.push(name);
    }
    return { names, isFolder: true };
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}
