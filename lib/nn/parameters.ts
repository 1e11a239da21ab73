import type { Shape, Tensor } from "../tensor/mod.ts";

/** Named parameters of a model, seen from one place in its tree. */
export class Parameters {
  readonly #tensors: Readonly<Record<string, Tensor>>;
  /** Dotted path of this place, such as "layers.0.attention"; "" at the root. */
  readonly path: string;

  constructor(tensors: Readonly<Record<string, Tensor>>, path = "") {
    this.#tensors = tensors;
    this.path = path;
  }

  /** The parameters below `name`. */
  at(name: string | number): Parameters {
    return new Parameters(this.#tensors, this.#join(name));
  }

  /**
   * The parameter called `name` here.
   *
   * @throws {TypeError} naming the path when there is none
   */
  get(name: string): Tensor {
    const path = this.#join(name);
    const tensor = this.#tensors[path];
    if (tensor === undefined) {
      throw new TypeError(`Cannot build the model: it lacks "${path}"`);
    }
    return tensor;
  }

  #join(name: string | number): string {
    return this.path === "" ? `${name}` : `${this.path}.${name}`;
  }
}

/** Shapes of a model's parameters by name; the names are the release's. */
export type ParameterShapes = Readonly<Record<string, Shape>>;

/** Puts what belongs to names below a path: names become "path.name". */
export function prefixed<T>(
  path: string,
  named: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  const entries = Object.entries(named)
    .map(([name, value]) => [`${path}.${name}`, value] as const);
  return Object.fromEntries(entries);
}
