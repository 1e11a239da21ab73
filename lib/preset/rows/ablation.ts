import type { PresetRow } from "../row.ts";
import { says } from "../row.ts";
import { paper } from "../source.ts";

/** The shorter trainings of Section 4.3, whose best tokenizer is S-04. */
export const ABLATION_S_04 = {
  summary: "Section 4.3: power spherical, KL weight 0.004 (S-04)",
  extends: "imagenet256-l",
  published: {
    source: paper("Table 2"),
    fid: 2.52,
    inceptionScore: 258.4,
  },
  statements: [
    says(paper("Section 4.3"), {
      vaeTraining: { epochs: 50 },
      arTraining: {
        epochs: 50,
        batch: 256,
        learningRate: 1e-4,
        warmup: 0,
        finalRate: 1,
      },
    }),
  ],
} as const satisfies PresetRow;

/** A weaker pull to the uniform law. */
export const ABLATION_S_01 = {
  summary: "Section 4.3: power spherical, KL weight 0.001 (S-01)",
  extends: "ablation-s-04",
  statements: [
    says(paper("Section 4.3"), { vaeTraining: { klWeight: 0.001 } }),
  ],
} as const satisfies PresetRow;

/** A stronger pull to the uniform law. */
export const ABLATION_S_08 = {
  summary: "Section 4.3: power spherical, KL weight 0.008 (S-08)",
  extends: "ablation-s-04",
  statements: [
    says(paper("Section 4.3"), { vaeTraining: { klWeight: 0.008 } }),
  ],
} as const satisfies PresetRow;
