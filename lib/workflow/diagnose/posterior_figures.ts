import {
  histogram,
  type SplitDivergence,
  splitDivergence,
} from "../../metric/mod.ts";
import {
  isOnSphere,
  type LatentLaw,
  posteriorInputs,
  posteriorOf,
} from "../../model/mod.ts";
import { RandomStream } from "../../random/mod.ts";
import {
  type Engine,
  type HostTensor,
  program,
  reshape,
  sum,
} from "../../tensor/mod.ts";
import { rowsFrom } from "../codec/mod.ts";
import { type HostPosterior, scaledPosterior } from "../sets/mod.ts";
import { type Figures, histogramFigures, meanOver } from "./figures.ts";

/** Bins of the histograms. */
const BINS = 40;

/** Draws of each token where a divergence is split by its direction and radius. */
const SPLIT_DRAWS = 4;

/** Images whose divergences are split: quadratures are slow. */
const SPLIT_IMAGES = 64;

/**
 * What the posteriors of images are like: how concentrated they are, what they
 * cost in nats a token, and off the sphere what of that is paid for a radius
 * (Appendix B).
 *
 * @param posterior parts [n, N, ..] as a cache has them: scaled where the law
 *   says so
 */
export async function posteriorFigures(
  posterior: HostPosterior,
  law: LatentLaw,
  { engine, batch, seed }: {
    readonly engine: Engine;
    readonly batch: number;
    readonly seed: number;
  },
): Promise<Figures> {
  const own = unscaled(posterior, law);
  const { mu, ...spreads } = own;
  const tokens = mu.shape[1]!;
  const nats = await divergences(own, law, { engine, batch });
  const figures: Record<string, HostTensor> = {
    "divergence/by_position": meanOver(nats, tokens),
    ...histogramFigures("divergence", histogram(nats, { bins: BINS })),
  };
  const others = Object.entries<HostTensor>(spreads);
  for (const [name, { data }] of others) {
    const counted = histogram(data, { bins: BINS, log: true });
    Object.assign(figures, histogramFigures(name, counted));
  }
  const { sigma } = spreads as Readonly<Record<string, HostTensor>>;
  // Appendix B is about a Gaussian with deviations of its own.
  if (sigma === undefined) return figures;
  return { ...figures, ...splitFigures({ mu, sigma }, seed) };
}

/** Posteriors as the VAE has them. */
function unscaled(posterior: HostPosterior, law: LatentLaw): HostPosterior {
  const { latent_scale = 1 } = isOnSphere(law) ? {} : law;
  return scaledPosterior(posterior, 1 / latent_scale);
}

/** Divergence of every token's posterior from the prior, in nats: n N numbers. */
async function divergences(
  posterior: HostPosterior,
  law: LatentLaw,
  { engine, batch }: { readonly engine: Engine; readonly batch: number },
): Promise<Float64Array> {
  const [count, tokens, d] = posterior.mu.shape as [number, number, number];
  const leaves = posteriorInputs(law, [batch, tokens, d]);
  const each = posteriorOf(law).divergence(leaves);
  const nats = sum(reshape(each, [batch, tokens, -1]), { axes: [2] });
  const executable = await engine.compile(
    program("divergence", { inputs: leaves, outputs: { nats } }),
  );
  const found = new Float64Array(count * tokens);
  for (let start = 0; start < count; start += batch) {
    const parts = Object.entries<HostTensor>(posterior);
    const rows = parts.map(([name, part]) =>
      [name, rowsFrom(part, start, batch)] as const
    );
    const inputs = Object.fromEntries(rows);
    const outputs = await engine.run(executable, { inputs });
    const { data } = await engine.download(outputs.nats!);
    const at = start * tokens;
    found.set(data.subarray(0, found.length - at), at);
  }
  engine.dispose(executable);
  return found;
}

/** Parts of the divergence by position: of the direction, and of the radius. */
function splitFigures(
  { mu, sigma }: { readonly mu: HostTensor; readonly sigma: HostTensor },
  seed: number,
): Figures {
  const [count, tokens, d] = mu.shape as [number, number, number];
  const images = Math.min(count, SPLIT_IMAGES);
  const parts: Record<keyof SplitDivergence, Float64Array> = {
    total: new Float64Array(images * tokens),
    directional: new Float64Array(images * tokens),
    radial: new Float64Array(images * tokens),
  };
  for (let token = 0; token < images * tokens; token++) {
    const stream = new RandomStream({ seed, stream: "diagnose", row: token });
    const [start, stop] = [token * d, (token + 1) * d];
    const split = splitDivergence({
      mu: mu.data.subarray(start, stop),
      sigma: sigma.data.subarray(start, stop),
    }, { draws: SPLIT_DRAWS, normal: () => stream.normal() });
    for (const key of ["total", "directional", "radial"] as const) {
      parts[key][token] = split[key];
    }
  }
  return {
    "split/total": meanOver(parts.total, tokens),
    "split/directional": meanOver(parts.directional, tokens),
    "split/radial": meanOver(parts.radial, tokens),
  };
}
