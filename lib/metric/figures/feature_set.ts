import type { HostTensor } from "../../tensor/mod.ts";
import { type FeatureMoments, featureMoments } from "../frechet_distance.ts";

/** Where the features of a set come from. */
export interface FeatureSource {
  /** For messages. */
  readonly name: string;
  /** Number of images. */
  readonly count: number;
  /** i32 [count], where the classes are known. */
  readonly labels?: HostTensor;
  /** Numbers of each of its features, by name; those with moments alone not. */
  readonly widths: Readonly<Record<string, number>>;
  /** Features [count, width]. */
  read(features: string): Promise<HostTensor>;
  /** Moments that are known without the features. */
  readonly moments?: Readonly<Record<string, FeatureMoments>>;
}

/** Moments of one set by the names of its features, as they are asked for. */
export type KnownMoments = Map<string, Promise<FeatureMoments>>;

/**
 * A set of images as figures see it: features are read when they are asked for
 * and not kept, since those of one set may take a gigabyte; moments are.
 */
export class FeatureSet {
  readonly source: FeatureSource;
  readonly #moments: KnownMoments;

  /** @param moments those that are known of the same set; more are added */
  constructor(source: FeatureSource, moments: KnownMoments = new Map()) {
    this.source = source;
    this.#moments = moments;
  }

  /** Number of images. */
  get count(): number {
    return this.source.count;
  }

  /** Features [count, width]. */
  features(name: string): Promise<HostTensor> {
    return this.source.read(name);
  }

  /** Mean and covariance of features. */
  moments(name: string): Promise<FeatureMoments> {
    const known = this.#moments.get(name);
    if (known !== undefined) return known;
    const made = this.#make(name);
    this.#moments.set(name, made);
    return made;
  }

  /** Those that were asked for so far. */
  async allMoments(): Promise<(readonly [string, FeatureMoments])[]> {
    return await Promise.all(
      [...this.#moments].map(async ([name, made]) =>
        [name, await made] as const
      ),
    );
  }

  async #make(name: string): Promise<FeatureMoments> {
    const given = this.source.moments?.[name];
    if (given !== undefined) return given;
    const features = await this.features(name);
    return featureMoments(features, { name: this.source.name });
  }
}

/** A set whose features are in memory. */
export function featureSet(
  { features, ...source }: {
    readonly name: string;
    readonly features: Readonly<Record<string, HostTensor>>;
    readonly labels?: HostTensor;
  },
): FeatureSet {
  const [first] = Object.values(features);
  return new FeatureSet({
    ...source,
    count: first?.shape[0] ?? 0,
    widths: Object.fromEntries(
      Object.entries(features).map((
        [name, { shape }],
      ) => [name, shape[1] ?? 0]),
    ),
    read: (name) => Promise.resolve(features[name]!),
  });
}
