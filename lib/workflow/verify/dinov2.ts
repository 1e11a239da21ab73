import { floatTolerance } from "./check.ts";
import { featuresCase } from "./features.ts";

/** A DINOv2 of any sizes, on images as FD-DINOv2 takes them. */
export const dinov2Case = featuresCase({
  network: "dinov2-vitl14",
  outputs: { cls: "cls" },
  tolerance: floatTolerance,
});
