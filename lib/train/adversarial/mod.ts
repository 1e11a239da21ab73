export {
  type AdversarialOptions,
  Adversary,
  type Game,
  type GeneratorView,
} from "./adversary.ts";
export {
  ADVERSARIAL_LOSSES,
  type AdversarialLoss,
  type AdversarialLossName,
  type RealAndFake,
} from "./losses.ts";
export { discriminatorPasses, type GameParts, type Passes } from "./passes.ts";
export type { Judgement, Regulariser } from "./regulariser.ts";
export {
  REGULARISER_NAMES,
  type RegulariserName,
  REGULARISERS,
} from "./regularisers.ts";
