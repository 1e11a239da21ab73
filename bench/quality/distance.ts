import { mean, peakSignalNoise } from "../../lib/metric/mod.ts";
import type { HostTensor } from "../../lib/tensor/mod.ts";
import { rounded } from "../statistics.ts";

/** Images with the tokens that they were decoded from. */
export interface SampleSet {
  /** f32 [n, N, d] */
  readonly tokens: HostTensor;
  /** u8 [n, H, W, 3] */
  readonly images: HostTensor<"u8">;
}

/** How far a set is from another one, image by image; means over all tokens or images. */
export interface Distance {
  readonly angleDegrees: number;
  /** |a - b| / |b| of tokens. */
  readonly relativeL2: number;
  /** Peak signal-to-noise ratio of images; absent where some are equal. */
  readonly psnrDb?: number;
}

/** Distance of one set from the reference. */
export function distanceOf(found: SampleSet, reference: SampleSet): Distance {
  const [a, b] = [found.tokens.data, reference.tokens.data];
  const d = found.tokens.shape[2]!;
  const angles: number[] = [];
  const relative: number[] = [];
  for (let at = 0; at < a.length; at += d) {
    let [dot, aa, bb, gap] = [0, 0, 0, 0];
    for (let j = at; j < at + d; j++) {
      dot += a[j]! * b[j]!;
      aa += a[j]! ** 2;
      bb += b[j]! ** 2;
      gap += (a[j]! - b[j]!) ** 2;
    }
    const cosine = Math.max(-1, Math.min(1, dot / Math.sqrt(aa * bb)));
    // The cosine of a small angle has lost its digits; its chord has not.
    const chord = Math.sqrt(gap / bb) / 2;
    const angle = cosine > 0.5 ? 2 * Math.asin(chord) : Math.acos(cosine);
    angles.push(angle * 180 / Math.PI);
    relative.push(2 * chord);
  }
  const psnr = mean(peakSignalNoise({
    images: found.images,
    reference: reference.images,
  }));
  return {
    angleDegrees: rounded(mean(angles)),
    relativeL2: rounded(mean(relative)),
    ...(Number.isFinite(psnr) && { psnrDb: rounded(psnr) }),
  };
}
