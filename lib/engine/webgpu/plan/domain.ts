import { sizeOf, type Tensor } from "../../../tensor/mod.ts";
import { delinearize, type Index, plus, symbol, times } from "../wgsl/index.ts";
import type { Domain } from "../ops/lowering.ts";
import { loweringOf } from "./graph.ts";
import { rowSize } from "./rows.ts";

const DOMAINS: { readonly [D in Domain]: (tensor: Tensor) => Index[] } = {
  elements: linearDomain,
  rows: rowDomain,
  matrices: matrixDomain,
  images: imageDomain,
  filters: filterDomain,
  heads: headDomain,
};

/**
 * The indices over which the kernels of a tensor run, as coordinates of the
 * tensor: variables by these names hold them where its elements are written.
 */
export function domainOf(tensor: Tensor): Index[] {
  const lowering = loweringOf(tensor);
  return lowering.kind === "kernel"
    ? DOMAINS[lowering.domain](tensor)
    : linearDomain(tensor);
}

/** Element `i` in row-major order. */
export function linearDomain({ shape }: Tensor): Index[] {
  return delinearize(symbol("i", sizeOf(shape)), shape);
}

/** Element `e` of row `r`. */
function rowDomain(tensor: Tensor): Index[] {
  const size = rowSize(tensor);
  const rows = sizeOf(tensor.shape) / size;
  const position = plus(
    times(symbol("r", rows), size),
    symbol("e", size),
  );
  return delinearize(position, tensor.shape);
}

/** Row `m` and column `n` of matrix `b`. */
function matrixDomain({ shape }: Tensor): Index[] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const batch = shape.slice(0, -2);
  return [
    ...delinearize(symbol("b", sizeOf(batch)), batch),
    symbol("m", rows),
    symbol("n", columns),
  ];
}

/** Element `e` of row `q` of head `h`; for gradients of keys and values the row is a key. */
function headDomain({ shape }: Tensor): Index[] {
  const [batch, heads, rows, width] = shape as [number, number, number, number];
  return [
    ...delinearize(symbol("h", batch * heads), [batch, heads]),
    symbol("q", rows),
    symbol("e", width),
  ];
}

/** Images of a convolution, which is a product too: channel `m` of pixel `n` of all images. */
function imageDomain({ shape }: Tensor): Index[] {
  const [images, channels, ...sides] = shape as [number, number];
  const pixels = [images, ...sides];
  const [image, ...pixel] = delinearize(symbol("n", sizeOf(pixels)), pixels);
  return [image!, symbol("m", channels), ...pixel];
}

/** Filter `m` of a convolution's gradient, and `n` for the rest. */
function filterDomain({ shape }: Tensor): Index[] {
  const [filters, ...inner] = shape as [number];
  return [
    symbol("m", filters),
    ...delinearize(symbol("n", sizeOf(inner)), inner),
  ];
}
