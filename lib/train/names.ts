/** The tensors of a player's state that are its weights. */
export const WEIGHTS = "parameter";

/** The tensors of a player's state that are the moving averages of its weights. */
export const AVERAGE = "average";

/** Name of a state tensor in programs and checkpoints: "generator/m/norm.weight". */
export function stateName(
  { player, group, name }: { player: string; group: string; name: string },
): string {
  return `${player}/${group}/${name}`;
}

/** Name of a buffer in programs and checkpoints. */
export function bufferName(name: string): string {
  return `buffer/${name}`;
}

/** Name of a weight that no player moves, in programs. */
export function frozenName(name: string): string {
  return `frozen/${name}`;
}

/** Name of a scalar that every player has; that of the only player stands alone. */
export function scalarName(
  what: "loss" | "gradientNorm" | "learningRate",
  player: string,
  players: Readonly<Record<string, unknown>>,
): string {
  return Object.keys(players).length === 1 ? what : `${what}/${player}`;
}
