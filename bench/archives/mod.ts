/**
 * How long an archive of archives in ImageNet's official layout is indexed for,
 * and how much memory that takes.
 *
 * @module
 */
import { join } from "node:path";
import { Command } from "commander";
import { IMAGENET_SYNSETS } from "../../datasets/imagenet/classes.ts";
import { table } from "../../lib/pipeline/mod.ts";
import {
  writeImagenetTar,
  writeSparseImagenetTar,
} from "../../test/lib/container/_imagenet.ts";
import { emit, OUTPUT } from "../output.ts";
import { parseCount } from "../parse_count.ts";
import type { IndexReport } from "./child.ts";

/** The JSON document of the command. */
export interface ArchivesDocument extends IndexReport {
  readonly archiveBytes: number;
  readonly synsets: number;
}

interface Flags {
  readonly synsets: number;
  readonly pictures: number;
  readonly bytes?: number;
  readonly archive?: string;
  readonly output?: string;
}

/** `bench archives`. */
export function archivesCommand(): Command {
  return new Command("archives")
    .description(
      "Index an archive of archives of tiny JPEGs in ImageNet's layout",
    )
    .option("--synsets <count>", "archives inside of it", parseCount, 1000)
    .option("--pictures <count>", "pictures in each", parseCount, 1281)
    .option(
      "--bytes <count>",
      "bytes of a picture on average, most of them holes (default: tiny)",
      parseCount,
    )
    .option("--archive <file>", "where it is kept, and taken from if there")
    .option(...OUTPUT)
    .action(async (flags: Flags) => {
      const document = await measureArchives(flags);
      await emit(document, { text: text(document), output: flags.output });
    });
}

async function measureArchives(
  { synsets, pictures, bytes, archive }: Flags,
): Promise<ArchivesDocument> {
  const folder = await Deno.makeTempDir();
  try {
    const path = archive ?? join(folder, "train.tar");
    if (!await Deno.stat(path).catch(() => undefined)) {
      const made = { synsets: IMAGENET_SYNSETS.slice(0, synsets), pictures };
      await (bytes === undefined
        ? writeImagenetTar(path, made)
        : writeSparseImagenetTar(path, { ...made, bytes }));
    }
    const { size: archiveBytes } = await Deno.stat(path);
    return { ...await indexed(path), archiveBytes, synsets };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Indexes in a process of its own, whose memory is that of the index. */
async function indexed(path: string): Promise<IndexReport> {
  const child = join(import.meta.dirname!, "child.ts");
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", child, path],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The process that indexes has failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

function text(document: ArchivesDocument): string {
  const { images, seconds, highestBytes, archiveBytes } = document;
  return table([
    ["images", "archive", "seconds", "most memory"],
    [
      String(images),
      `${(archiveBytes / 1e9).toFixed(2)} GB`,
      seconds.toFixed(1),
      `${(highestBytes / 1e6).toFixed(0)} MB`,
    ],
  ]).join("\n");
}
