import type { ArtifactReader } from "../../artifact/mod.ts";
import type { LineChart, Series } from "../../report/mod.ts";
import { posteriorParts } from "./posterior_parts.ts";

/** A chart of figures by position; `series` names them. */
interface PositionChart {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly yTitle: string;
  /** Figures by the titles of their lines. */
  readonly series: Readonly<Record<string, string>>;
}

/** A histogram of some numbers, where the latents' law has them. */
interface HistogramChart {
  readonly figure: string;
  readonly title: string;
  readonly xTitle: string;
}

const HISTOGRAMS: readonly HistogramChart[] = [
  ...posteriorParts().map(({ name, title }) => ({
    figure: name,
    title: `Latents: ${title} of the posteriors`,
    xTitle: name,
  })),
  {
    figure: "divergence",
    title: "Latents: divergence of the posteriors from the prior",
    xTitle: "nats a token",
  },
];

/** Charts of what `diagnose` measured; figures that are missing are left out. */
export async function diagnosticCharts(
  diagnostics: ArtifactReader,
): Promise<LineChart[]> {
  const figures = await readFigures(diagnostics);
  const scales = diagnostics.config.scales as readonly number[];
  return [
    ...HISTOGRAMS.flatMap((chart) => histogramChart(chart, figures)),
    ...positionCharts(scales).flatMap((chart) => positionChart(chart, figures)),
  ];
}

type Figures = ReadonlyMap<string, ArrayLike<number>>;

async function readFigures(reader: ArtifactReader): Promise<Figures> {
  const tensors = await reader.readAll();
  return new Map([...tensors].map(([name, { data }]) => [name, data]));
}

/** What is shown of each position of the tokens. */
function positionCharts(scales: readonly number[]): readonly PositionChart[] {
  const byScale = (chain: string, what: string) =>
    scales.map((scale) => [`CFG ${scale}`, `${chain}/${scale}/${what}`]);
  return [
    {
      name: "decoded_variance",
      title: "AR decoding: variance of tokens",
      caption: "Over images, beside that of encoded ones: variance collapse " +
        "where it falls along the sequence.",
      yTitle: "variance",
      series: Object.fromEntries([
        ["encoded images", "encoded/variance"],
        ...byScale("decoded", "variance"),
      ]),
    },
    {
      name: "unprojected_norm",
      title: "AR decoding: length of tokens that nothing projects",
      caption: "The same models and draws, but tokens go back as the head " +
        "leaves them.",
      yTitle: "mean length",
      series: Object.fromEntries([
        ["encoded images", "encoded/norm"],
        ...byScale("decoded_unprojected", "norm"),
      ]),
    },
    {
      name: "refeeding_error",
      title: "AR decoding: error of tokens that are fed back",
      caption: "Of the solver's steps, beside steps four times as fine " +
        "(Appendix A): along the exact token and across it.",
      yTitle: "root mean square",
      series: {
        "along": "refed/radial",
        "across": "refed/tangential",
        "along, unprojected": "refed_unprojected/radial",
        "across, unprojected": "refed_unprojected/tangential",
      },
    },
    {
      name: "divergence_by_position",
      title: "Latents: divergence by position",
      caption: "Off the sphere split into what direction and radius cost " +
        "(Appendix B).",
      yTitle: "nats a token",
      series: {
        "divergence": "divergence/by_position",
        "of the direction": "split/directional",
        "of the radius": "split/radial",
      },
    },
  ];
}

function positionChart(
  { series, ...chart }: PositionChart,
  figures: Figures,
): LineChart[] {
  const lines = Object.entries(series).flatMap(([title, name]): Series[] => {
    const y = figures.get(name);
    return y === undefined
      ? []
      : [{ title, x: Array.from(y, (_, k) => k + 1), y }];
  });
  return lines.length === 0
    ? []
    : [{ ...chart, xTitle: "position", series: lines }];
}

function histogramChart(
  { figure, title, xTitle }: HistogramChart,
  figures: Figures,
): LineChart[] {
  const bounds = figures.get(`${figure}/bounds`);
  const counts = figures.get(`${figure}/counts`);
  if (bounds === undefined || counts === undefined) return [];
  const x = Array.from(counts, (_, bin) => bounds[bin]!);
  return [{
    name: `${figure}_histogram`,
    title,
    xTitle,
    yTitle: "tokens",
    style: "steps",
    series: [{ title: figure, x, y: counts }],
  }];
}
