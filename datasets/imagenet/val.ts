import { dirname, join } from "node:path";
import { ioError, openFile, UserError } from "../../lib/artifact/mod.ts";
import { type Container, SkipLog, walkTar } from "../../lib/container/mod.ts";
import { type EncodedPictures, encodedPictures } from "../encoded.ts";
import { PictureTable } from "../picture_table.ts";
import { PICTURE_NAME } from "../picture_name.ts";
import { IMAGENET_LICENCES, IMAGENET_SYNSETS, synsetName } from "./classes.ts";
import { type Watch, watchFiles } from "../watch.ts";
import { readValLabels, type ValLabels } from "./val_labels.ts";

const DEVKIT_LIST = "ILSVRC2012_validation_ground_truth.txt";

/** Where labels are looked for where nobody says them. */
const USUAL_PLACES = [
  DEVKIT_LIST,
  join("ILSVRC2012_devkit_t12", "data", DEVKIT_LIST),
];

/**
 * The file with the labels of a validation set: the one that is given, or the
 * development kit's beside the archive or in the folder.
 *
 * @throws {UserError} when there is none
 */
export async function valLabelsPath(
  path: string,
  given: string | undefined,
): Promise<string> {
  if (given !== undefined) return given;
  for (const folder of [path, dirname(path)]) {
    for (const place of USUAL_PLACES) {
      const whole = join(folder, place);
      const info = await Deno.stat(whole).catch(() => undefined);
      if (info?.isFile) return whole;
    }
  }
  throw new UserError(
    `Cannot label the pictures of "${path}": expected --labels FILE, or ` +
      `${USUAL_PLACES.join(" or ")} beside it`,
  );
}

/** Whether a validation set is a folder of pictures, not an archive. */
export async function isValFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}

/**
 * ImageNet's validation pictures, of all 1,000 classes whatever they show.
 *
 * @throws {UserError} when a picture has no label, there is none, or the
 *   archive is damaged
 */
export async function openVal(
  path: string,
  { labelsPath, watch }: {
    readonly labelsPath: string;
    readonly watch?: Watch | undefined;
  },
): Promise<EncodedPictures> {
  const labels = await readValLabels(labelsPath);
  const found = new ValFinding(labelsPath, labels);
  if (await isValFolder(path)) await collectFolder(path, found);
  else await collectArchive(path, { found, watch });
  if (found.table.count === 0) {
    throw new UserError(
      `Cannot use "${path}" as ImageNet's validation set: expected pictures, ` +
        "found none",
    );
  }
  found.table.sort([...IMAGENET_SYNSETS.keys()]);
  return encodedPictures({
    name: "imagenet-val",
    classes: IMAGENET_SYNSETS.toSorted()
      .map((synset) => ({ name: synsetName(synset), flips: true })),
    licences: IMAGENET_LICENCES,
    skipped: found.skipped.text(),
    table: found.table,
    containers: found.containers,
  });
}

interface FoundPicture {
  readonly name: string;
  readonly container: number;
  readonly offset: number;
  readonly length: number;
}

/** The pictures that have been found so far. */
class ValFinding {
  readonly table = new PictureTable();
  readonly skipped = new SkipLog();
  readonly containers: Container[] = [];
  private readonly labelsPath: string;
  private readonly labels: ValLabels;

  constructor(labelsPath: string, labels: ValLabels) {
    this.labelsPath = labelsPath;
    this.labels = labels;
  }

  add({ name, ...place }: FoundPicture): void {
    if (!PICTURE_NAME.test(name)) {
      this.skipped.add(name, "no picture");
      return;
    }
    const label = this.labels.of(name);
    if (label === undefined) {
      throw new UserError(
        `Cannot label "${name}": "${this.labelsPath}" has ` +
          `${this.labels.count} labels, and none of it`,
      );
    }
    this.table.add({ ...place, label, id: name });
  }
}

async function collectArchive(
  path: string,
  { found, watch }: {
    readonly found: ValFinding;
    readonly watch: Watch | undefined;
  },
): Promise<void> {
  const passed = await watchFiles([path], watch);
  const container = found.containers.push({ form: "file", path }) - 1;
  const source = await openFile(path);
  try {
    await walkTar(source, {
      member({ name, offset, length }) {
        found.add({ name, container, offset, length });
        passed(0, offset + length);
      },
      skipped: (name, reason) => found.skipped.add(name, reason),
    });
  } finally {
    source.close();
  }
}

async function collectFolder(path: string, found: ValFinding): Promise<void> {
  const container = found.containers.push({ form: "folder", path }) - 1;
  try {
    for await (const { name, isFile } of Deno.readDir(path)) {
      if (!isFile) {
        found.skipped.add(name, "link or folder");
        continue;
      }
      const { size: length } = await Deno.stat(join(path, name));
      found.add({ name, container, offset: 0, length });
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}
