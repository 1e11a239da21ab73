/**
 * Index arithmetic that knows its ranges, so that the divisions and remainders
 * which reshapes leave behind are simplified away before they become WGSL.
 *
 * An index is a sum of integer multiples of atoms plus a constant. Every index
 * is a u32 at run time; its range says what it can be where it is used.
 */
export interface Index {
  readonly terms: readonly Term[];
  readonly constant: number;
  readonly min: number;
  readonly max: number;
  /** Equal for equal indices. */
  readonly key: string;
}

interface Term {
  readonly atom: Atom;
  readonly factor: number;
}

type Atom =
  | { readonly kind: "symbol"; readonly name: string; readonly size: number }
  | {
    readonly kind: "div" | "mod";
    readonly of: Index;
    readonly by: number;
  };

function atomKey(atom: Atom): string {
  return atom.kind === "symbol"
    ? atom.name
    : `${atom.kind}(${atom.of.key},${atom.by})`;
}

function atomMax(atom: Atom): number {
  if (atom.kind === "symbol") return atom.size - 1;
  if (atom.kind === "div") return Math.floor(atom.of.max / atom.by);
  return Math.min(atom.of.max, atom.by - 1);
}

function make(terms: readonly Term[], constant: number): Index {
  const sorted = [...terms].filter(({ factor }) => factor !== 0)
    .sort((a, b) => atomKey(a.atom) < atomKey(b.atom) ? -1 : 1);
  let [min, max] = [constant, constant];
  for (const { atom, factor } of sorted) {
    if (factor > 0) max += factor * atomMax(atom);
    else min += factor * atomMax(atom);
  }
  const key = [
    ...sorted.map(({ atom, factor }) => `${factor}*${atomKey(atom)}`),
    constant,
  ].join("+");
  return { terms: sorted, constant, min, max, key };
}

/** A number. */
export function fixed(value: number): Index {
  return make([], value);
}

/** A WGSL variable with a value below `size`. */
export function symbol(name: string, size: number): Index {
  if (size <= 1) return fixed(0);
  return make([{ atom: { kind: "symbol", name, size }, factor: 1 }], 0);
}

/** a + b. */
export function plus(a: Index, b: Index): Index {
  const factors = new Map<string, { atom: Atom; factor: number }>();
  for (const { atom, factor } of [...a.terms, ...b.terms]) {
    const key = atomKey(atom);
    const known = factors.get(key);
    if (known) known.factor += factor;
    else factors.set(key, { atom, factor });
  }
  return rejoin(make([...factors.values()], a.constant + b.constant));
}

/**
 * Puts parts of one index together again: n (x div n) + x mod n is x, and
 * n ((x div n) mod m) + x mod n is x mod n m.
 */
function rejoin(sum: Index): Index {
  for (const { atom, factor } of sum.terms) {
    if (atom.kind === "symbol") continue;
    const high = atom.kind === "div" ? atom : soleDivision(atom.of);
    if (high === undefined || factor % high.by !== 0) continue;
    const wanted = `mod(${high.of.key},${high.by})`;
    const partner = sum.terms.find((term) =>
      atomKey(term.atom) === wanted && term.factor === factor / high.by
    );
    if (partner === undefined) continue;
    const rest = sum.terms
      .filter((term) => term.atom !== atom && term !== partner);
    const joined = atom.kind === "div"
      ? high.of
      : mod(high.of, atom.by * high.by);
    return plus(make(rest, sum.constant), times(joined, factor / high.by));
  }
  return sum;
}

/** The division that an index is, if it is one. */
function soleDivision(
  { terms: [term, ...others], constant }: Index,
): Extract<Atom, { readonly kind: "div" | "mod" }> | undefined {
  const sole = others.length === 0 && constant === 0 && term?.factor === 1;
  return sole && term.atom.kind === "div" ? term.atom : undefined;
}

/** a c. */
export function times(a: Index, c: number): Index {
  return make(
    a.terms.map(({ atom, factor }) => ({ atom, factor: factor * c })),
    a.constant * c,
  );
}

/** The multiples of `by` in a sum, divided by it, and the rest. */
function split(a: Index, by: number): { multiple: Index; rest: Index } {
  const whole = a.terms.filter(({ factor }) => factor % by === 0);
  const rest = a.terms.filter(({ factor }) => factor % by !== 0);
  const constant = Math.floor(a.constant / by);
  return {
    multiple: make(
      whole.map(({ atom, factor }) => ({ atom, factor: factor / by })),
      constant,
    ),
    rest: make(rest, a.constant - constant * by),
  };
}

/** Floor of a / by, for a that is not negative. */
export function div(a: Index, by: number): Index {
  if (by === 1) return a;
  requireNatural(a);
  const { multiple, rest } = split(a, by);
  if (rest.min >= 0) {
    return plus(multiple, rest.max < by ? fixed(0) : divAtom(rest, by));
  }
  return divAtom(a, by);
}

function divAtom(a: Index, by: number): Index {
  const [term] = a.terms;
  if (a.terms.length === 1 && a.constant === 0 && term!.factor === 1) {
    const { atom } = term!;
    if (atom.kind === "div") return div(atom.of, atom.by * by);
    if (atom.kind === "mod" && atom.by % by === 0) {
      return mod(div(atom.of, by), atom.by / by);
    }
  }
  return make([{ atom: { kind: "div", of: a, by }, factor: 1 }], 0);
}

/** a modulo by, for a that is not negative. */
export function mod(a: Index, by: number): Index {
  if (by === 1) return fixed(0);
  requireNatural(a);
  const { rest } = split(a, by);
  if (rest.min >= 0) {
    return rest.max < by ? rest : modAtom(rest, by);
  }
  return modAtom(a, by);
}

function modAtom(a: Index, by: number): Index {
  const [term] = a.terms;
  if (a.terms.length === 1 && a.constant === 0 && term!.factor === 1) {
    const { atom } = term!;
    if (atom.kind === "mod" && atom.by % by === 0) return mod(atom.of, by);
  }
  return make([{ atom: { kind: "mod", of: a, by }, factor: 1 }], 0);
}

function requireNatural(a: Index): void {
  if (a.min >= 0) return;
  throw new Error(`internal: index ${a.key} may be negative`);
}

/** Quotient and remainder of an index whose remainder is the same number everywhere. */
export function alignedBy(
  a: Index,
  by: number,
): { quotient: Index; rest: number } | undefined {
  const { multiple, rest } = split(a, by);
  if (rest.terms.length > 0) return undefined;
  return { quotient: multiple, rest: rest.constant };
}

/** An index with another one in the place of a variable. */
export function substitute(a: Index, name: string, by: Index): Index {
  let sum = fixed(a.constant);
  for (const { atom, factor } of a.terms) {
    let part = make([{ atom, factor: 1 }], 0);
    if (atom.kind === "symbol") part = atom.name === name ? by : part;
    else {
      const inner = substitute(atom.of, name, by);
      part = atom.kind === "div" ? div(inner, atom.by) : mod(inner, atom.by);
    }
    sum = plus(sum, times(part, factor));
  }
  return sum;
}

/** WGSL of an index. */
export function indexText(a: Index): string {
  const positive: string[] = [];
  const negative: string[] = [];
  for (const { atom, factor } of a.terms) {
    const size = Math.abs(factor);
    const text = atomText(atom);
    (factor > 0 ? positive : negative)
      .push(size === 1 ? text : `${text} * ${size}u`);
  }
  if (a.constant > 0) positive.push(`${a.constant}u`);
  if (a.constant < 0) negative.push(`${-a.constant}u`);
  const sum = positive.length > 0 ? positive.join(" + ") : "0u";
  return [sum, ...negative].join(" - ");
}

function atomText(atom: Atom): string {
  if (atom.kind === "symbol") return atom.name;
  const sign = atom.kind === "div" ? "/" : "%";
  return `(${parenthesized(atom.of)} ${sign} ${atom.by}u)`;
}

function parenthesized(a: Index): string {
  const simple = a.terms.length === 1 && a.constant === 0 &&
    a.terms[0]!.factor === 1;
  return simple ? indexText(a) : `(${indexText(a)})`;
}

/** Row-major position of coordinates in a shape. */
export function linearize(
  coordinates: readonly Index[],
  shape: readonly number[],
): Index {
  let position = fixed(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) {
      position = plus(position, times(coordinates[axis]!, stride));
    }
    stride *= shape[axis]!;
  }
  return position;
}

/** Coordinates of a row-major position in a shape. */
export function delinearize(
  position: Index,
  shape: readonly number[],
): Index[] {
  const coordinates = new Array<Index>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis]!;
    if (axis === 0) coordinates[axis] = size === 1 ? fixed(0) : rest;
    else coordinates[axis] = mod(rest, size);
    if (axis > 0) rest = div(rest, size);
  }
  return coordinates;
}

/**
 * Coordinates in one shape as coordinates of the same element in another,
 * group of axes by group, so that untouched axes stay as they are.
 */
export function reshapeCoordinates(
  coordinates: readonly Index[],
  from: readonly number[],
  to: readonly number[],
): Index[] {
  const result: Index[] = [];
  let [i, j] = [0, 0];
  while (i < from.length || j < to.length) {
    let [stopI, stopJ] = [i + 1, j + 1];
    let sizeI = from[i] ?? 1;
    let sizeJ = to[j] ?? 1;
    while (sizeI !== sizeJ) {
      if (sizeI < sizeJ) sizeI *= from[stopI++]!;
      else sizeJ *= to[stopJ++]!;
    }
    const position = linearize(
      coordinates.slice(i, stopI),
      from.slice(i, stopI),
    );
    result.push(...delinearize(position, to.slice(j, stopJ)));
    [i, j] = [stopI, stopJ];
  }
  return result;
}
