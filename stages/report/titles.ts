/** What the sets of an evaluation are called on the page, in its order. */
export const SET_TITLES: Readonly<Record<string, string>> = {
  heldout: "Held-out images (floor)",
  reconstructions: "Reconstructions of held-out images",
  samples: "Samples",
  untrained: "Samples of the untrained model (ceiling)",
  train_reconstructions: "Reconstructions of training images",
  real_rest: "Training images against all others (noise)",
  real_pair: "Training images against as many others (noise)",
};

/** Sets of a record in the order of the titles, named ones only. */
export function inOrder<T>(
  sets: Readonly<Record<string, T>>,
): { readonly name: string; readonly title: string; readonly value: T }[] {
  return Object.entries(SET_TITLES).flatMap(([name, title]) => {
    const value = sets[name];
    return value === undefined ? [] : [{ name, title, value }];
  });
}
