import { encodePng, gridImage, type Picture } from "../../image/mod.ts";
import { chooseRows, type OpenSet } from "../evaluate/mod.ts";
import { drawnScale, picturesOf } from "../sets/mod.ts";

/** Most images of a row. */
const MOST_COLUMNS = 16;

/** A grid as a file of its own, and without its labels for the page. */
export interface Grid {
  /** PNG with a label beside each row. */
  readonly labelled: Uint8Array;
  /** PNG without labels. */
  readonly plain: Uint8Array;
  readonly rows: readonly string[];
}

/** One row a class, in the order of the classes, at most 16 images each. */
export async function classGrid(
  set: OpenSet,
  classes: readonly string[],
): Promise<Grid> {
  const members: number[][] = classes.map(() => []);
  for (const [row, label] of set.labels.data.entries()) {
    if (members[label]!.length < MOST_COLUMNS) members[label]!.push(row);
  }
  const rows: PictureRow[] = [];
  for (const [label, title] of classes.entries()) {
    if (members[label]!.length === 0) continue;
    const images = await set.read(members[label]!);
    rows.push({ title, pictures: picturesOf(images) });
  }
  return await drawRows(rows);
}

/** A set and what was made of each of its images. */
export interface BeforeAndAfter {
  readonly title: string;
  readonly before: OpenSet;
  readonly after: OpenSet;
}

/** Two rows: images chosen by chance, and what became of them. */
export async function pairRows(
  { title, before, after }: BeforeAndAfter,
  seed: number,
): Promise<readonly PictureRow[]> {
  const chosen = Array.from(
    chooseRows({ count: before.count, n: MOST_COLUMNS }, {
      seed,
      stream: `report ${title}`,
    }),
  );
  return [
    { title, pictures: picturesOf(await before.read(chosen)) },
    { title: "reconstructed", pictures: picturesOf(await after.read(chosen)) },
  ];
}

/** Pictures that stand beside each other, and what they are called. */
export interface PictureRow {
  readonly title: string;
  readonly pictures: readonly Picture[];
}

/** Rows may differ in length: shorter ones end in white. */
export async function drawRows(rows: readonly PictureRow[]): Promise<Grid> {
  const columns = Math.max(...rows.map(({ pictures }) => pictures.length));
  const { width, height } = rows[0]!.pictures[0]!;
  const blank: Picture = {
    width,
    height,
    channels: 3,
    data: new Uint8Array(width * height * 3).fill(255),
  };
  const pictures = rows.flatMap((row) =>
    Array.from({ length: columns }, (_, k) => row.pictures[k] ?? blank)
  );
  const scale = drawnScale(width);
  const titles = rows.map(({ title }) => title);
  const draw = (labels: readonly string[]) =>
    encodePng(gridImage(pictures, { columns, scale, labels }));
  return {
    labelled: await draw(titles),
    plain: await draw([]),
    rows: titles,
  };
}
