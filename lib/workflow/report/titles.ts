/** What a set is called on the page. */
export interface SetTitle {
  /** In tables. */
  readonly long: string;
  /** Beside bars and in legends. */
  readonly short: string;
}

/** The sets of an evaluation, in the order of the page. */
export const SET_TITLES: Readonly<Record<string, SetTitle>> = {
  heldout: { long: "Held-out images (floor)", short: "held-out" },
  reconstructions: {
    long: "Reconstructions of held-out images",
    short: "reconstructions",
  },
  samples: { long: "Samples", short: "samples" },
  untrained: {
    long: "Samples of the untrained model (ceiling)",
    short: "untrained",
  },
  train_reconstructions: {
    long: "Reconstructions of training images",
    short: "training, reconstructed",
  },
  real_rest: {
    long: "Training images against all others (noise)",
    short: "training, all others",
  },
  real_pair: {
    long: "Training images against as many others (noise)",
    short: "training, as many",
  },
};

/** Sets of a record in the order of the titles, named ones only. */
export function inOrder<T>(
  sets: Readonly<Record<string, T>>,
): { readonly name: string; readonly title: SetTitle; readonly value: T }[] {
  return Object.entries(SET_TITLES).flatMap(([name, title]) => {
    const value = sets[name];
    return value === undefined ? [] : [{ name, title, value }];
  });
}
