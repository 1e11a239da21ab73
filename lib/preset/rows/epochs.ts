/** Training images of ImageNet-1K. */
const IMAGENET_IMAGES = 1_281_167;

/**
 * Steps of epochs of ImageNet; the images that fill no batch at an epoch's end
 * are left out, as the release's loader does.
 */
export function epochsOf(epochs: number, batch: number): number {
  return epochs * Math.floor(IMAGENET_IMAGES / batch);
}
