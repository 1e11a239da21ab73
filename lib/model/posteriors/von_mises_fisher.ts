import { vonMisesFisher } from "../../sphere/mod.ts";
import { directionalPosterior } from "./directional.ts";

/** The law that Section 3.1 begins with. */
export const VON_MISES_FISHER = directionalPosterior(
  "von Mises-Fisher",
  vonMisesFisher,
);
