export { gradientPenalty } from "./gradient_penalty.ts";
export { lecam, LECAM_BUFFERS } from "./lecam.ts";
export {
  ADVERSARIAL_LOSSES,
  type AdversarialLoss,
  type AdversarialLossName,
  type RealAndFake,
} from "./losses.ts";
