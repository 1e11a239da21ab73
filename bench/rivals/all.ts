import { type SizeName, SIZES } from "../structure/sizes.ts";
import {
  compareRivals,
  type Opened,
  opened,
  type TurnOptions,
  type WorkResult,
} from "./compare.ts";
import { openJax } from "./jax.ts";
import { openOnnxruntimeWeb } from "./onnxruntime_web.ts";
import { openOurs } from "./ours.ts";
import { RIVAL_WORKS, type RivalSizes, type RivalWork } from "./rival.ts";

const OPEN = {
  "spherear": openOurs,
  "jax-js": openJax,
  "onnxruntime-web": openOnnxruntimeWeb,
} as const;

/** What is compared. */
export interface RivalOptions extends TurnOptions {
  /** Whose shapes. */
  readonly size: SizeName;
  /** Images at once; as many as the size is trained with where not given. */
  readonly batch?: number;
}

/** The JSON document of the command. */
export interface RivalDocument {
  readonly size: SizeName;
  readonly sizes: RivalSizes;
  /** Name and version of each library, or why it does not run here. */
  readonly rivals: Readonly<Record<string, string>>;
  readonly works: Readonly<Partial<Record<RivalWork, WorkResult>>>;
}

/** Opens every library and lets them do each work by turns. */
export async function compareAll(
  names: readonly RivalWork[],
  { size, batch, rounds }: RivalOptions,
): Promise<RivalDocument> {
  const rivals: Record<string, Opened> = {};
  for (const [name, open] of Object.entries(OPEN)) {
    rivals[name] = await opened(open);
  }
  const sizes = rivalSizes(size, batch);
  const works: Partial<Record<RivalWork, WorkResult>> = {};
  for (const work of names) {
    console.error(`${work}: ${RIVAL_WORKS[work]}`);
    works[work] = await compareRivals(work, rivals, { sizes, rounds });
  }
  for (const rival of Object.values(rivals)) {
    if (!("missing" in rival)) await rival.close();
  }
  const described = Object.entries(rivals).map(([name, rival]) =>
    [name, "missing" in rival ? rival.missing : rival.description] as const
  );
  return { size, sizes, rivals: Object.fromEntries(described), works };
}

/** Sizes of a model's works. */
export function rivalSizes(name: SizeName, batch?: number): RivalSizes {
  const { ar, training, sampling } = SIZES[name];
  return {
    batch: batch ?? training.batch,
    length: ar.cls_token_num + ar.grid ** 2 - 1,
    heads: ar.n_head,
    width: ar.dim,
    fewRows: 2 * sampling.images,
  };
}
