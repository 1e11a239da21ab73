import { basename } from "node:path";
import { openFile, UserError } from "../../lib/artifact/mod.ts";
import { SkipLog, type TarMember, walkTar } from "../../lib/container/mod.ts";
import { type EncodedPictures, encodedPictures } from "../encoded.ts";
import { PictureTable } from "../picture_table.ts";
import { PICTURE_NAME } from "../picture_name.ts";
import { type Watch, watchFiles } from "../watch.ts";
import { isLabel, labelIn } from "./label.ts";

/** What has come of a picture's files. */
interface Sample {
  readonly key: string;
  picture?: TarMember;
  label?: number;
}

/**
 * Pictures of a WebDataset: files that follow each other and have one name up
 * to the first dot are one picture and what is said of it. Labels are whole
 * numbers, and so are the names of the classes, up to the highest that occurs.
 *
 * @throws {UserError} when there is none, or an archive is damaged
 */
export async function openShards(
  paths: readonly string[],
  watch?: Watch,
): Promise<EncodedPictures> {
  const table = new PictureTable();
  const skipped = new SkipLog();
  const passed = await watchFiles(paths, watch);
  for (const [container, path] of paths.entries()) {
    passed(container, 0);
    await collectShard(path, { container, table, skipped });
  }
  if (table.count === 0) {
    const left = skipped.text();
    throw new UserError(
      `Cannot use "${paths[0]}" as a dataset: expected pictures with .cls or ` +
        `.json, found none${left === undefined ? "" : `; left out ${left}`}`,
    );
  }
  let highest = 0;
  for (let row = 0; row < table.count; row++) {
    highest = Math.max(highest, table.label(row));
  }
  const labels = [...Array(highest + 1).keys()];
  table.sort(labels);
  return encodedPictures({
    name: "webdataset",
    classes: labels.map((label) => ({ name: String(label), flips: true })),
    licences: ["The pictures of a WebDataset: known to its owner only"],
    skipped: skipped.text(),
    table,
    containers: paths.map((path) => ({ form: "file", path })),
  });
}

async function collectShard(
  path: string,
  { container, table, skipped }: {
    readonly container: number;
    readonly table: PictureTable;
    readonly skipped: SkipLog;
  },
): Promise<void> {
  const shard = basename(path).replace(/\.tar$/, "");
  let sample: Sample = { key: "" };
  function finish(): void {
    const { key, picture, label } = sample;
    if (picture !== undefined && label !== undefined) {
      const { offset, length } = picture;
      const id = `${shard}/${key}`;
      table.add({ container, offset, length, label, id });
    } else if (picture !== undefined) skipped.add(key, "picture without label");
    else if (label !== undefined) skipped.add(key, "label without picture");
  }
  const source = await openFile(path);
  try {
    await walkTar(source, {
      reads: (name) => isLabel(partsOf(name).extension),
      member(member, data) {
        const { key, extension } = partsOf(member.name);
        if (key !== sample.key) {
          finish();
          sample = { key };
        }
        if (PICTURE_NAME.test(`.${extension}`)) sample.picture ??= member;
        if (!isLabel(extension)) return;
        // A number alone is said on purpose, JSON may hold anything.
        const label = data && labelIn(data, extension);
        if (extension === "cls" || sample.label === undefined) {
          sample.label = label;
        }
      },
      skipped: (name, reason) => skipped.add(name, reason),
    });
  } finally {
    source.close();
  }
  finish();
}

/** A name's key, up to the first dot of its last part, and the rest. */
function partsOf(name: string): { key: string; extension: string } {
  const dot = name.indexOf(".", name.lastIndexOf("/") + 1);
  if (dot < 0) return { key: name, extension: "" };
  return {
    key: name.slice(0, dot),
    extension: name.slice(dot + 1).toLowerCase(),
  };
}
