import {
  betaDrawGradient,
  entropy,
  klToUniform,
  logNormalizer,
  vonMisesFisher,
} from "../../sphere/mod.ts";
import {
  type Engine,
  grad,
  type HostTensor,
  hostTensor,
  sum,
  type Tensor,
} from "../../tensor/mod.ts";
import type { Check } from "./check.ts";
import type { Recording } from "../recording/mod.ts";
import { runOnce } from "./run.ts";

/** A table of a recording whose first column is the dimension d. */
interface Table {
  /** Name of the recorded tensor, [rows, columns]. */
  readonly tensor: string;
  /** What the columns hold after those that are given. */
  readonly columns: readonly string[];
  /** Values given to the graph, each [rows], from one row's numbers. */
  readonly given: Readonly<Record<string, (row: Float64Array) => number>>;
  /** Our values of `columns` in order, each [rows]. */
  build(
    given: Readonly<Record<string, Tensor>>,
    d: number,
  ): readonly Tensor[];
}

/** The most dimensions that a table may ask for: graphs grow with them. */
const MOST_DIMENSIONS = 4096;

function kappa(row: Float64Array): number {
  return row[1]!;
}

const TABLES: readonly Table[] = [{
  tensor: "distributions",
  columns: [
    "Power Spherical ln normaliser",
    "Power Spherical entropy",
    "Power Spherical KL",
    "Power Spherical dKL/dkappa",
    "von Mises-Fisher ln normaliser",
    "von Mises-Fisher mean cosine",
    "von Mises-Fisher KL",
    "von Mises-Fisher dKL/dkappa",
  ],
  given: { kappa },
  build: ({ kappa: k }, d) => {
    const kl = klToUniform(k!, d);
    const vmfKl = vonMisesFisher.klToUniform(k!, d);
    return [
      logNormalizer(k!, d),
      entropy(k!, d),
      kl,
      grad(sum(kl), [k!])[0]!,
      vonMisesFisher.logNormalizer(k!, d),
      vonMisesFisher.meanCosine(k!, d),
      vmfKl,
      grad(sum(vmfKl), [k!])[0]!,
    ];
  },
}, {
  tensor: "beta_gradient",
  columns: ["dz/dkappa"],
  // 1 - z is given apart: float32 would lose it where z is near 1.
  given: { kappa, z: (row) => row[2]!, complement: (row) => 1 - row[2]! },
  build: ({ kappa, z, complement }, d) => [
    betaDrawGradient({ C: z!, complement: complement!, kappa: kappa!, d }),
  ],
}, {
  tensor: "vmf_gradient",
  columns: ["dw/dkappa"],
  given: {
    kappa,
    cosine: (row) => row[2]!,
    below: (row) => 1 - row[2]!,
    above: (row) => 1 + row[2]!,
  },
  build: ({ kappa, cosine, below, above }, d) => [
    vonMisesFisher.cosineDrawGradient({
      cosine: cosine!,
      below: below!,
      above: above!,
      kappa: kappa!,
      d,
    }),
  ],
}];

/**
 * The sphere's densities, divergences and implicit gradients against tables of
 * 40 digits, one check a column.
 *
 * Values are compared as shares of the exact ones, since columns span eight
 * orders of magnitude: within 1e-9 on the reference, 1e-4 in float32.
 */
export async function* sphereCase(
  recording: Recording,
  engine: Engine,
): AsyncGenerator<Check> {
  const tolerance = engine.name === "reference" ? 1e-9 : 1e-4;
  for (const table of TABLES) {
    const rows = await readRows(recording, table);
    const actual = table.columns.map(() => new Float64Array(rows.length));
    for (const d of new Set(rows.map((row) => row[0]!))) {
      const members = rows.flatMap((row, i) => row[0] === d ? [i] : []);
      const ours = await runTable(table, engine, {
        d,
        rows: members.map((i) => rows[i]!),
      });
      ours.forEach((values, c) =>
        members.forEach((row, i) => actual[c]![row] = values.data[i]!)
      );
    }
    const first = rows[0]!.length - table.columns.length;
    for (const [c, column] of table.columns.entries()) {
      const exact = Float64Array.from(rows, (row) => row[first + c]!);
      yield {
        tensor: `${table.tensor}: ${column}`,
        actual: shares(actual[c]!, exact),
        expected: shares(exact, exact),
        tolerance,
      };
    }
  }
}

/** Values over the magnitudes of the exact ones. */
function shares(values: Float64Array, exact: Float64Array): HostTensor {
  const data = values.map((value, i) =>
    value / Math.max(Math.abs(exact[i]!), Number.MIN_VALUE)
  );
  return hostTensor("f64", [data.length], data);
}

async function readRows(
  recording: Recording,
  { tensor, columns, given }: Table,
): Promise<readonly Float64Array[]> {
  const { shape, data } = await recording.read(tensor);
  // d comes first; 1 - z and the like are made from the draw's own column.
  const draws = Object.keys(given).length > 1 ? 3 : 2;
  const width = draws + columns.length;
  if (shape.length !== 2 || shape[1] !== width || shape[0] === 0) {
    throw recording.error(
      `tensor "${tensor}" has shape [${shape}], expected [rows, ${width}]`,
    );
  }
  const values = Float64Array.from(data);
  const rows = Array.from(
    { length: shape[0]! },
    (_, i) => values.subarray(i * width, (i + 1) * width),
  );
  const bad = rows.find(([d]) => !(d! <= MOST_DIMENSIONS));
  if (bad !== undefined) {
    throw recording.error(`tensor "${tensor}" has d = ${bad[0]}`);
  }
  return rows;
}

async function runTable(
  { tensor, columns, given, build }: Table,
  engine: Engine,
  { d, rows }: { d: number; rows: readonly Float64Array[] },
): Promise<readonly HostTensor[]> {
  const inputs = Object.entries(given).map(([name, of]) =>
    [
      name,
      hostTensor("f64", [rows.length], Float64Array.from(rows, of)),
    ] as const
  );
  const values = await runOnce(engine, {
    name: `${tensor} at d = ${d}`,
    inputs: Object.fromEntries(inputs),
    parameters: {},
    build: (leaves) => {
      const ours = build(leaves, d);
      const named = columns.map((column, c) => [column, ours[c]!] as const);
      return Object.fromEntries(named);
    },
  });
  return columns.map((column) => values[column]!);
}
