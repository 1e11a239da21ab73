import { PAPER_AR, PAPER_RESOLUTIONS, PAPER_VAE } from "./paper.ts";
import type { PaperLetter } from "./paper_presets.ts";
import type { ArSizes } from "./schema/sizes.ts";

/** Sizes of an AR model, with those that its data decide. */
export interface FittedArSizes extends ArSizes {
  readonly num_classes: number;
  /** Tokens along each axis of the image. */
  readonly grid: number;
}

/** Sizes that tell the released AR models apart and that tensors show. */
const TELLING = [
  "dim",
  "n_layer",
  "diff_layers",
  "diff_dim",
  "diff_adanln_layers",
] as const;

const LETTERS = Object.keys(PAPER_AR) as PaperLetter[];

/** A released AR model whose widths and depths are these, at any image size. */
export function releasedAr(
  sizes: Omit<ArSizes, "n_head">,
): { readonly letter: PaperLetter; readonly n_head: number } | undefined {
  const letter = LETTERS.find((one) =>
    TELLING.every((key) => PAPER_AR[one][key] === sizes[key])
  );
  return letter && { letter, n_head: PAPER_AR[letter].n_head };
}

/** What an AR model is called: `SphereAR-B at 256 px`, or its sizes. */
export function arName(config: FittedArSizes): string {
  const { letter, n_head } = releasedAr(config) ?? {};
  const place = PAPER_RESOLUTIONS.find(({ cls_token_num, grid }) =>
    cls_token_num === config.cls_token_num && grid === config.grid
  );
  const { dim, n_layer, grid, num_classes } = config;
  const name = letter !== undefined && n_head === config.n_head &&
      place !== undefined
    ? `SphereAR-${letter} at ${place.pixels} px`
    : `AR model, ${n_layer} layers of ${dim}, ${grid} x ${grid} tokens`;
  return `${name}, ${num_classes} classes`;
}

/** Whether a VAE is the release's S-VAE, at one of its image sizes. */
export function isReleasedVae(
  config: { readonly image_size: number },
): boolean {
  const { image_size } = config;
  const found: Readonly<Record<string, unknown>> = { ...config };
  const paper = { ...PAPER_VAE, image_size };
  return PAPER_RESOLUTIONS.some(({ pixels }) => pixels === image_size) &&
    Object.entries(paper).every(([key, size]) =>
      String(found[key]) === String(size)
    );
}
