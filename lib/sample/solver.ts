import { add, mul, type Tensor } from "../tensor/mod.ts";

/** Names of the solvers: the paper's and the release's. */
export const SOLVERS = ["euler", "euler-maruyama"] as const;

/** One of {@linkcode SOLVERS}. */
export type SolverName = typeof SOLVERS[number];

/**
 * One solver step x' = keep x + push v(x, t) + noise e, with e standard normal:
 * both solvers are of this form.
 */
export interface SolverStep {
  /** Time at which the velocity is taken. */
  readonly t: number;
  readonly keep: number;
  readonly push: number;
  readonly noise: number;
}

/** Length of the last, noiseless step of the release's Euler-Maruyama. */
export const LAST_STEP = 0.04;

/** Euler's method for dx = v dt from t = 0 to 1, the paper's solver (Eq. 9). */
function euler(steps: number): SolverStep[] {
  const dt = 1 / steps;
  return Array.from(
    { length: steps },
    (_, i) => ({ t: i * dt, keep: 1, push: dt, noise: 0 }),
  );
}

/**
 * Euler-Maruyama for the stochastic equation with the same marginals, then one
 * Euler step (the release's sampler). Its drift is v + (1 - t) score, and with
 * score = (t v - x) / (1 - t) that is (1 + t) v - x.
 */
function eulerMaruyama(steps: number): SolverStep[] {
  const dt = (1 - LAST_STEP) / steps;
  const stochastic = Array.from({ length: steps }, (_, i) => {
    const t = i * dt;
    const noise = Math.sqrt(2 * (1 - t) * dt);
    return { t, keep: 1 - dt, push: (1 + t) * dt, noise };
  });
  const last = { t: 1 - LAST_STEP, keep: 1, push: LAST_STEP, noise: 0 };
  return [...stochastic, last];
}

const BUILDERS: Readonly<
  Record<SolverName, (steps: number) => SolverStep[]>
> = {
  euler,
  "euler-maruyama": eulerMaruyama,
};

/** The steps of a solver; Euler-Maruyama has one more than asked for. */
export function solverSteps(
  { solver, steps }: { solver: SolverName; steps: number },
): readonly SolverStep[] {
  return BUILDERS[solver](steps);
}

/** Coefficients of solver steps, f32: of one step they broadcast over [R, d]. */
export interface StepCoefficients {
  readonly keep: Tensor;
  readonly push: Tensor;
  readonly noise: Tensor;
}

/** x' of one solver step; `draw` is left out where no step uses noise. */
export function advance(
  { keep, push, noise }: StepCoefficients,
  { x, velocity, draw }: { x: Tensor; velocity: Tensor; draw?: Tensor },
): Tensor {
  const moved = add(mul(keep, x), mul(push, velocity));
  return draw === undefined ? moved : add(moved, mul(noise, draw));
}
