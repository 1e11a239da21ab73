import {
  add,
  concat,
  less,
  mul,
  select,
  split,
  sub,
  type Tensor,
} from "../tensor/mod.ts";

/** How the guidance scale grows over the tokens of an image. */
export const CFG_SCHEDULES = ["linear", "constant"] as const;

/** One of {@linkcode CFG_SCHEDULES}. */
export type CfgSchedule = typeof CFG_SCHEDULES[number];

/** Guidance of a run; a scale of 1 is none. */
export interface Guidance {
  readonly cfg: number;
  readonly schedule: CfgSchedule;
}

/** Scale at token `position` of `tokens` (Section 4.1; release, head_sample). */
export function guidanceScale(
  { cfg, schedule }: Guidance,
  position: number,
  tokens: number,
): number {
  if (cfg <= 1) return 1;
  return schedule === "constant" ? cfg : 1 + (cfg - 1) * position / tokens;
}

/** Whether a run carries unconditional rows beside the conditional ones. */
export function isGuided({ cfg }: Guidance): boolean {
  return cfg > 1;
}

/**
 * Velocities under classifier-free guidance: u + s (c - u) in both halves. At a
 * scale of 1 the halves go their own ways, as in the release.
 *
 * @param velocity [2n, d], conditional rows first
 * @param scale f32 scalar
 */
export function guide(velocity: Tensor, scale: Tensor): Tensor {
  const [conditional, unconditional] = split(velocity, 2, 0) as [
    Tensor,
    Tensor,
  ];
  const guided = add(
    unconditional,
    mul(scale, sub(conditional, unconditional)),
  );
  return concat([guided, ownWhereFree(unconditional, guided, scale)], 0);
}

/**
 * Draws of both halves: equal where guidance couples them, own at scale 1.
 *
 * @param draws [2n, d]
 */
export function coupleDraws(draws: Tensor, scale: Tensor): Tensor {
  const [conditional, own] = split(draws, 2, 0) as [Tensor, Tensor];
  return concat([conditional, ownWhereFree(own, conditional, scale)], 0);
}

function ownWhereFree(own: Tensor, shared: Tensor, scale: Tensor): Tensor {
  return select(less(1, scale), shared, own);
}
