import { join } from "node:path";
import { ioError, openFile, UserError } from "../../lib/artifact/mod.ts";
import { type Container, SkipLog, walkTar } from "../../lib/container/mod.ts";
import { type EncodedPictures, encodedPictures } from "../encoded.ts";
import { PictureTable } from "../picture_table.ts";
import { PICTURE_NAME } from "../picture_name.ts";
import { IMAGENET_LICENCES, synsetName } from "./classes.ts";
import { type Watch, watchFiles } from "../watch.ts";
import { type SynsetPath, type TrainSource, trainSource } from "./source.ts";

/** An archive of one synset, by its name in another archive. */
const INNER = /^(?:.*\/)?(n\d{8})\.tar$/;

/** A picture in a folder of its synset, by its name in an archive. */
const IN_FOLDER = /^(?:.*\/)?(n\d{8})\/([^/]+)$/;

/**
 * ImageNet's training pictures in the order of sorted synsets and names, which
 * is the same for the archive, the archives in it, and their folders.
 *
 * @throws {UserError} when there is none, or an archive is damaged
 */
export async function openTrain(
  path: string,
  watch?: Watch,
): Promise<EncodedPictures> {
  const source = await trainSource(path);
  const found = new Finding();
  await collect(source, { found, watch });
  if (found.count === 0) {
    throw new UserError(
      `Cannot use "${path}" as ImageNet: expected pictures of synsets ` +
        "(n01440764.tar or n01440764/), found none",
    );
  }
  return found.pictures();
}

/** An archive, of a synset where it is of one. */
type Archive = Pick<SynsetPath, "path"> & Partial<SynsetPath>;

async function collect(
  source: TrainSource,
  { found, watch }: {
    readonly found: Finding;
    readonly watch: Watch | undefined;
  },
): Promise<void> {
  if (source.form === "folders") {
    for (const synset of source.synsets) await collectFolder(synset, found);
    return;
  }
  const archives: readonly Archive[] = source.form === "archive"
    ? [{ path: source.path }]
    : source.synsets;
  const passed = await watchFiles(archives.map(({ path }) => path), watch);
  for (const [file, { path, synset }] of archives.entries()) {
    await collectArchive(path, {
      found,
      synset,
      passed: (at) => passed(file, at),
    });
  }
}

/** Takes the pictures of an archive, of a synset where it is of one. */
async function collectArchive(
  path: string,
  { found, synset, passed }: {
    readonly found: Finding;
    readonly synset: string | undefined;
    readonly passed: (at: number) => void;
  },
): Promise<void> {
  const source = await openFile(path);
  const container = found.container({ form: "file", path });
  try {
    await walkTar(source, {
      isInner: (name) => synset === undefined && INNER.test(name),
      member({ name, inner, offset, length }) {
        const of = inner === undefined ? synset : INNER.exec(inner)![1];
        const [, folder, base = name] = IN_FOLDER.exec(name) ?? [];
        found.add(of ?? folder, { name: base, container, offset, length });
        passed(offset + length);
      },
      skipped: (name, reason) => found.skipped.add(name, reason),
    });
  } finally {
    source.close();
  }
}

async function collectFolder(
  { synset, path }: SynsetPath,
  found: Finding,
): Promise<void> {
  const container = found.container({ form: "folder", path });
  try {
    for await (const { name, isFile } of Deno.readDir(path)) {
      const whole = join(path, name);
      if (!isFile) {
        found.skipped.add(whole, "link or folder");
        continue;
      }
      const { size: length } = await Deno.stat(whole);
      found.add(synset, { name, container, offset: 0, length });
    }
  } catch (error) {
    throw ioError(error, `Cannot read "${path}"`);
  }
}

interface FoundPicture {
  readonly name: string;
  readonly container: number;
  readonly offset: number;
  readonly length: number;
}

/** What has been found so far, by synsets in the order in which they came. */
class Finding {
  readonly skipped = new SkipLog();
  private readonly containers: Container[] = [];
  private readonly synsets = new Map<string, number>();
  private readonly table = new PictureTable();

  get count(): number {
    return this.table.count;
  }

  /** Takes what pictures lie in, and returns its index. */
  container(container: Container): number {
    return this.containers.push(container) - 1;
  }

  add(synset: string | undefined, { name, ...place }: FoundPicture): void {
    if (synset === undefined || !PICTURE_NAME.test(name)) {
      const what = synset === undefined ? "file of no synset" : "no picture";
      this.skipped.add(name, what);
      return;
    }
    const label = this.synsets.get(synset) ?? this.synsets.size;
    this.synsets.set(synset, label);
    this.table.add({ ...place, label, id: `${synset}/${name}` });
  }

  /** All of it, sorted. */
  pictures(): EncodedPictures {
    const sorted = [...this.synsets.keys()].sort();
    const rank = new Map(sorted.map((synset, label) => [synset, label]));
    const ranks = [...this.synsets.keys()].map((synset) => rank.get(synset)!);
    this.table.sort(ranks);
    return encodedPictures({
      name: "imagenet",
      classes: sorted.map((synset) => ({
        name: synsetName(synset),
        flips: true,
      })),
      licences: IMAGENET_LICENCES,
      skipped: this.skipped.text(),
      table: this.table,
      containers: this.containers,
    });
  }
}
