import { encodePng, gridImage, type Picture } from "../../image/mod.ts";
import { chooseRows, type ImageSet, takeRows } from "../evaluate/mod.ts";
import { drawnScale, pictureAt, picturesOf } from "../sets/mod.ts";

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
  { images, labels }: ImageSet,
  classes: readonly string[],
): Promise<Grid> {
  const rows = classes.flatMap((title, label) => {
    const members = Array.from(labels.data.keys())
      .filter((k) => labels.data[k] === label)
      .slice(0, MOST_COLUMNS);
    return members.length === 0 ? [] : [{ title, members }];
  });
  return await drawRows(
    rows.map(({ title, members }) => ({
      title,
      pictures: members.map((k) => pictureAt(images, k)),
    })),
  );
}

/** A set and what was made of each of its images. */
export interface BeforeAndAfter {
  readonly title: string;
  readonly before: ImageSet;
  readonly after: ImageSet;
}

/** Two rows a pair of sets: images chosen by chance, and what became of them. */
export async function reconstructionGrid(
  pairs: readonly BeforeAndAfter[],
  seed: number,
): Promise<Grid> {
  const rows = pairs.flatMap(({ title, before, after }) => {
    const chosen = chooseRows({ count: before.count, n: MOST_COLUMNS }, {
      seed,
      stream: `report ${title}`,
    });
    return [
      { title, pictures: picturesOf(takeRows(before, chosen).images) },
      {
        title: "reconstructed",
        pictures: picturesOf(takeRows(after, chosen).images),
      },
    ];
  });
  return await drawRows(rows);
}

interface PictureRow {
  readonly title: string;
  readonly pictures: readonly Picture[];
}

/** Rows may differ in length: shorter ones end in white. */
async function drawRows(rows: readonly PictureRow[]): Promise<Grid> {
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
