import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { paper } from "../source.ts";

/** A row of Section 4.3 with a diagonal Gaussian posterior (beta-VAE). */
function gaussianRow(letter: string, klWeight: number) {
  return {
    summary: `Section 4.3: Gaussian, KL weight ${klWeight} (${letter})`,
    extends: "ablation-s-04",
    statements: [
      says(paper("Section 4.3"), {
        vae: { posterior: "gaussian" },
        vaeTraining: { klWeight },
      }),
    ],
  } as const satisfies PresetRow;
}

/** The same with latents projected onto the sphere for decoder and AR model. */
function normalizedRow<const B extends string>(letter: string, base: B) {
  return {
    summary: `Section 4.3: Gaussian, then normalised (${letter})`,
    extends: base,
    statements: [
      says(paper("Section 4.3"), { vae: { normalize: "all" } }),
    ],
  } as const satisfies PresetRow;
}

/** A row of Section 4.3 with a Gaussian of fixed scale (sigma-VAE). */
function fixedRow(letter: string, c_sigma: number) {
  return {
    summary: `Section 4.3: fixed variance, C_sigma ${c_sigma} (${letter}); ` +
      "the paper gives no KL weight",
    extends: "ablation-s-04",
    statements: [
      says(paper("Section 4.3"), {
        vae: { posterior: "fixed-variance", c_sigma },
      }),
    ],
  } as const satisfies PresetRow;
}

/** The rivals of Section 4.3 by their posteriors. */
export const ABLATION_POSTERIORS = {
  "ablation-g-01": gaussianRow("G-01", 0.01),
  "ablation-g-04": gaussianRow("G-04", 0.04),
  "ablation-g-08": gaussianRow("G-08", 0.08),
  "ablation-g-16": gaussianRow("G-16", 0.16),
  "ablation-n-01": normalizedRow("N-01", "ablation-g-01"),
  "ablation-n-04": normalizedRow("N-04", "ablation-g-04"),
  "ablation-n-08": normalizedRow("N-08", "ablation-g-08"),
  "ablation-n-16": normalizedRow("N-16", "ablation-g-16"),
  "ablation-f-01": fixedRow("F-01", 0.1),
  "ablation-f-02": fixedRow("F-02", 0.2),
  "ablation-f-05": fixedRow("F-05", 0.5),
} as const;
