/** Launchers pass on within this time what a rank has written. */
export const PASS_ON_MS = 200;

/** How messages name a rank. */
export function rankTitle(
  { rank, size, host }: {
    readonly rank: number;
    readonly size: number;
    readonly host: string;
  },
): string {
  return `Rank ${rank} of ${size} (${host})`;
}
