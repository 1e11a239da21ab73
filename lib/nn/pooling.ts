import { max, reshape, sliceBox, type Tensor } from "../tensor/mod.ts";

/**
 * The largest of every 2 x 2 pixels of images [B, C, H, W]; an odd last row or
 * column is left out, as in torch.
 *
 * Of equal pixels each has its share of the gradient; torch gives all to the
 * first. After a ReLU that is the same, since only zeros are likely to be equal.
 */
export function maxPool(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as readonly [
    number,
    number,
    number,
    number,
  ];
  const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
  const even = sliceBox(x, [0, 0, 0, 0], [
    batch,
    channels,
    2 * rows,
    2 * columns,
  ]);
  const pairs = reshape(even, [batch, channels, rows, 2, 2 * columns]);
  const taller = max(pairs, { axes: [3] });
  return max(reshape(taller, [batch, channels, rows, columns, 2]), {
    axes: [4],
  });
}
