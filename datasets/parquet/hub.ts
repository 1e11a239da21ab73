import { basename } from "node:path";
import { openFile, UserError } from "../../lib/artifact/mod.ts";
import { ParquetFile, SkipLog } from "../../lib/container/mod.ts";
import { type EncodedPictures, encodedPictures } from "../encoded.ts";
import { PictureTable } from "../picture_table.ts";
import { type Watch, watchFiles } from "../watch.ts";
import { type PictureColumns, pictureColumns } from "./features.ts";

/** One file of the set, whose columns are known. */
interface HubFile {
  readonly path: string;
  readonly columns: PictureColumns;
}

/**
 * Pictures of parquet files in the Hub's layout, in the order of their rows:
 * neighbours lie in one page, which is read whole.
 *
 * @throws {UserError} when a file is malformed, or has no such columns
 */
export async function openHub(
  paths: readonly string[],
  watch?: Watch,
): Promise<EncodedPictures> {
  const files: HubFile[] = [];
  const table = new PictureTable();
  const skipped = new SkipLog();
  const passed = await watchFiles(paths, watch);
  for (const [index, path] of paths.entries()) {
    passed(index, 0);
    files.push(await collect(path, { index, table, skipped }));
  }
  const names = classNames(files);
  let highest = -1;
  for (let row = 0; row < table.count; row++) {
    highest = Math.max(highest, table.label(row));
  }
  if (highest < 0) {
    throw new UserError(
      `Cannot use "${paths[0]}" as a dataset: expected rows with labels, ` +
        "found none",
    );
  }
  const classes = names ??
    Array.from({ length: highest + 1 }, (_, label) => String(label));
  if (highest >= classes.length) {
    throw new UserError(
      `Cannot use "${paths[0]}" as a dataset: expected labels of its ` +
        `${classes.length} classes, found ${highest}`,
    );
  }
  return encodedPictures({
    name: "parquet",
    classes: classes.map((name) => ({ name, flips: true })),
    licences: ["The pictures of a table: as its page on the Hub says"],
    skipped: skipped.text(),
    table,
    containers: files.map(({ path, columns: { picture } }) => ({
      form: "table",
      path,
      column: picture.path,
    })),
  });
}

/** Highest label that is believed where no names bound it. */
const MOST_LABEL = 99_999;

/** Reads a file's footer and labels. */
async function collect(
  path: string,
  { index, table, skipped }: {
    readonly index: number;
    readonly table: PictureTable;
    readonly skipped: SkipLog;
  },
): Promise<HubFile> {
  const stem = basename(path).replace(/\.parquet$/, "");
  const source = await openFile(path);
  try {
    const file = await ParquetFile.read(source);
    const columns = pictureColumns(file, path);
    for (const [group, { firstRow }] of file.groups.entries()) {
      const column = columns.label;
      const labels = await file.values(source, { group, column });
      for (const [i, label] of labels.entries()) {
        const row = firstRow + i;
        const id = `${stem}/${row}`;
        const fits = typeof label === "number" && label >= 0 &&
          label <= MOST_LABEL;
        if (!fits) skipped.add(id, "row without a label");
        else table.add({ container: index, offset: row, length: 0, label, id });
      }
    }
    return { path, columns };
  } finally {
    source.close();
  }
}

/** Names of the classes, on which all files must agree. */
function classNames(files: readonly HubFile[]): readonly string[] | undefined {
  const [first, ...others] = files;
  const names = first!.columns.names;
  for (const { path, columns } of others) {
    if (JSON.stringify(columns.names) === JSON.stringify(names)) continue;
    throw new UserError(
      `Cannot use "${path}" as a dataset: expected the classes of ` +
        `"${first!.path}", found others`,
    );
  }
  return names;
}
