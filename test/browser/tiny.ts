import { join } from "node:path";
import { ROOT } from "../stages/run_cli.ts";

/** A finished run of the tiny pipeline; SPHEREAR_TINY names another folder. */
const RUN = Deno.env.get("SPHEREAR_TINY") ?? join(ROOT, "runs/tiny");

/** Files of the trained tiny model. */
export const TINY = {
  ar: join(RUN, "ar.safetensors"),
  svae: join(RUN, "svae.safetensors"),
} as const;

/** Whether they are there; says so where they are not. */
export const isTrained = Object.values(TINY).every((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});
if (!isTrained) console.warn(`Nothing is compared: ${RUN} holds no models`);
