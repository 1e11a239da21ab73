import {
  type BarChart,
  type FigureTable,
  type Headline,
  type LineChart,
  numberText,
} from "../../report/mod.ts";
import {
  type FigureTitle,
  PAIR_METRICS,
  SET_METRICS,
} from "../../metric/mod.ts";
import type { Metrics, NearestLists } from "./metrics.ts";
import { inOrder } from "./titles.ts";

/** The figures to read first. */
export function headlines(
  { sets, reconstruction, nearest, n }: Metrics,
): Headline[] {
  const { samples, heldout, untrained } = sets;
  const { psnr = null, ssim = null } = reconstruction.heldout ?? {};
  const distance = (set: typeof samples) =>
    numberText(set?.frechet_classifier ?? null, 2);
  const share = (value: number | null | undefined) =>
    value === null || value === undefined
      ? "–"
      : `${numberText(100 * value, 1)} %`;
  const near = (name: string) => numberText(nearest[name]?.median ?? null, 3);
  return [
    {
      title: "Frechet distance of samples",
      value: distance(samples),
      note: `held-out ${distance(heldout)}, untrained ${
        distance(untrained)
      }; n = ${n}`,
    },
    {
      title: "Samples put in their class",
      value: share(samples?.class_accuracy),
      note: `held-out images ${share(heldout?.class_accuracy)}`,
    },
    {
      title: "Reconstruction",
      value: `${numberText(psnr, 1)} dB`,
      note: `PSNR of held-out images; SSIM ${numberText(ssim, 3)}`,
    },
    {
      title: "Nearest training image",
      value: near("samples"),
      note: `held-out ${near("heldout")}, a training image's ` +
        `reconstruction ${near("train_reconstructions")}`,
    },
  ];
}

/** The column of a figure. */
function columnOf(
  [name, { title, digits }]: readonly [
    string,
    Pick<FigureTitle, "title" | "digits">,
  ],
) {
  return { name, title, digits };
}

/** Every set against the training images. */
export function setTable({ sets, n, neighbours }: Metrics): FigureTable {
  return {
    name: "sets",
    title: "Sets against the training images",
    caption: `Features of the small classifier, n = ${n} images a set. The ` +
      "distance is a Frechet distance over these features (not FID); " +
      `precision and recall with ${neighbours} neighbours. Two disjoint ` +
      "sets of training images show what noise scores at that n.",
    columns: [
      { name: "n", title: "n" },
      { name: "n_reference", title: "against" },
      ...SET_METRICS.filter(([name]) =>
        Object.values(sets).some((set) => set[name] !== undefined)
      ).map(columnOf),
    ],
    rows: inOrder(sets).map(({ name, title, value }) => {
      const { class_accuracy_by_class: _, ...values } = value;
      return { name, title: title.long, values };
    }),
  };
}

/** Accuracy class by class, for samples beside held-out images. */
export function classTable({ sets, classes }: Metrics): FigureTable {
  const names = ["samples", "heldout", "reconstructions"] as const;
  return {
    name: "classes",
    title: "Class accuracy by class",
    caption: "Share of the images that the classifier puts in their class. " +
      "Classes with few held-out images tell little.",
    columns: [
      { name: "samples", title: "Samples", digits: 2 },
      { name: "heldout", title: "Held-out", digits: 2 },
      { name: "reconstructions", title: "Reconstructions", digits: 2 },
    ],
    rows: classes.map((title, k) => ({
      name: title,
      title,
      values: Object.fromEntries(
        names.map((
          name,
        ) => [name, sets[name]?.class_accuracy_by_class[k] ?? null]),
      ),
    })),
  };
}

/** How well images survive the S-VAE. */
export function reconstructionTable(
  { reconstruction }: Metrics,
): FigureTable {
  const titles = { heldout: "Held-out images", train: "Training images" };
  return {
    name: "reconstruction",
    title: "Reconstruction by one posterior draw",
    caption: "Means over images; PSNR in dB.",
    columns: [
      { name: "n", title: "n" },
      ...Object.entries(PAIR_METRICS).filter(([name]) =>
        Object.values(reconstruction).some((figures) => name in figures)
      ).map(columnOf),
    ],
    rows: Object.entries(titles).flatMap(([name, title]) => {
      const values = reconstruction[name];
      return values === undefined ? [] : [{ name, title, values }];
    }),
  };
}

/** Images this near to a training image are near-duplicates to the eye. */
const NEAR = 0.1;

/** Distances to the nearest training image, of sets and of each image. */
export function nearestTable(
  { nearest }: Metrics,
  lists: NearestLists,
): FigureTable {
  const near = (name: string) =>
    Array.from(lists[name] ?? []).filter((one) => one <= NEAR).length;
  return {
    name: "nearest",
    title: "Distance to the nearest training image",
    caption: "Root mean square difference per value, images in -1 to 1. A " +
      "copied training image would lie where the reconstructions of " +
      "training images lie; the last column is the share that lies closer " +
      `than their median. Held-out images within ${NEAR} are near-duplicates ` +
      "of training images, which no split by equal pictures parts.",
    columns: [
      { name: "n", title: "n" },
      { name: "min", title: "Smallest", digits: 3 },
      { name: "median", title: "Median", digits: 3 },
      { name: "mean", title: "Mean", digits: 3 },
      { name: "near_duplicates", title: `Within ${NEAR}` },
      {
        name: "closer_than_reconstruction",
        title: "Closer than a reconstruction",
        digits: 3,
      },
    ],
    rows: inOrder(nearest).map(({ name, title, value }) => ({
      name,
      title: title.long.replace(/ \(.*/, ""),
      values: { ...value, near_duplicates: near(name) },
    })),
  };
}

/** The sets' distances as bars; a distance of zero has no place on the axis. */
export function distanceBars({ sets }: Metrics): BarChart {
  const bars = inOrder(sets)
    .map(({ title, value }) => ({
      title: title.short,
      value: value.frechet_classifier ?? 0,
    }))
    .filter(({ value }) => value > 0);
  return {
    name: "frechet_classifier",
    title: "Frechet distance to the training images",
    xTitle: "frechet_classifier (lower is closer; logarithmic)",
    bars,
  };
}

const BINS = 30;

/** How the distances to the nearest training image spread. */
export function nearestHistogram(lists: NearestLists): LineChart {
  const shown = inOrder(lists).filter(({ name }) => name !== "reconstructions");
  const top = Math.max(...shown.flatMap(({ value }) => Array.from(value)), 0.1);
  return {
    name: "nearest_histogram",
    title: "Distance to the nearest training image",
    xTitle: "root mean square per value, images in -1 to 1",
    yTitle: "share of images",
    style: "steps",
    series: shown.map(({ title, value }) => ({
      title: title.short,
      ...histogram(value, top),
    })),
  };
}

function histogram(
  values: ArrayLike<number>,
  top: number,
): { x: number[]; y: number[] } {
  const y = new Array<number>(BINS + 1).fill(0);
  for (const value of Array.from(values)) {
    const bin = Math.min(BINS - 1, Math.floor(value / top * BINS));
    y[bin]! += 1 / values.length;
  }
  return { x: y.map((_, k) => k * top / BINS), y };
}
