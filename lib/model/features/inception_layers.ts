/** A convolution without bias, with a batch norm and a ReLU behind it. */
export interface Convolution {
  /** Its name in its block. */
  readonly name: string;
  /** Channels that it makes. */
  readonly outputs: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: readonly [vertical: number, horizontal: number];
}

/** A pool of 3 x 3 pixels: one that halves the image, or one around each pixel. */
export interface Pool {
  readonly pool: "max" | "average";
  readonly halves: boolean;
}

/** Branches that read the same images, and whose channels are put side by side. */
export interface Fork {
  readonly branches: readonly (readonly Layer[])[];
}

/** A step of a chain of layers. */
export type Layer = Convolution | Pool | Fork;

/** Layers below one name. */
export interface Block {
  readonly name: string;
  readonly layers: readonly Layer[];
}

type Kernel = readonly [number, number];

/** A convolution that keeps the size of images. */
function same(name: string, outputs: number, kernel: Kernel): Convolution {
  const padding = [(kernel[0] - 1) / 2, (kernel[1] - 1) / 2] as const;
  return { name, outputs, kernel, stride: 1, padding };
}

/** A convolution over pixels that lie inside of the image alone. */
function valid(name: string, outputs: number, stride = 1): Convolution {
  return { name, outputs, kernel: [3, 3], stride, padding: [0, 0] };
}

const POINT = [1, 1] as const;
const ROW_3 = [1, 3] as const;
const COLUMN_3 = [3, 1] as const;
const SQUARE_3 = [3, 3] as const;
const SQUARE_5 = [5, 5] as const;
const ROW_7 = [1, 7] as const;
const COLUMN_7 = [7, 1] as const;

const HALVING: Pool = { pool: "max", halves: true };
const MEAN: Pool = { pool: "average", halves: false };

/** Pixels of 35 x 35. */
function blockA(name: string, pooled: number): Block {
  const branches = [
    [same("branch1x1", 64, POINT)],
    [same("branch5x5_1", 48, POINT), same("branch5x5_2", 64, SQUARE_5)],
    [
      same("branch3x3dbl_1", 64, POINT),
      same("branch3x3dbl_2", 96, SQUARE_3),
      same("branch3x3dbl_3", 96, SQUARE_3),
    ],
    [MEAN, same("branch_pool", pooled, POINT)],
  ];
  return { name, layers: [{ branches }] };
}

/** From 35 x 35 pixels to 17 x 17. */
function blockB(name: string): Block {
  const branches = [
    [valid("branch3x3", 384, 2)],
    [
      same("branch3x3dbl_1", 64, POINT),
      same("branch3x3dbl_2", 96, SQUARE_3),
      valid("branch3x3dbl_3", 96, 2),
    ],
    [HALVING],
  ];
  return { name, layers: [{ branches }] };
}

/** Pixels of 17 x 17: squares of 7 x 7 as rows and columns. */
function blockC(name: string, width: number): Block {
  const branches = [
    [same("branch1x1", 192, POINT)],
    [
      same("branch7x7_1", width, POINT),
      same("branch7x7_2", width, ROW_7),
      same("branch7x7_3", 192, COLUMN_7),
    ],
    [
      same("branch7x7dbl_1", width, POINT),
      same("branch7x7dbl_2", width, COLUMN_7),
      same("branch7x7dbl_3", width, ROW_7),
      same("branch7x7dbl_4", width, COLUMN_7),
      same("branch7x7dbl_5", 192, ROW_7),
    ],
    [MEAN, same("branch_pool", 192, POINT)],
  ];
  return { name, layers: [{ branches }] };
}

/** From 17 x 17 pixels to 8 x 8. */
function blockD(name: string): Block {
  const branches = [
    [same("branch3x3_1", 192, POINT), valid("branch3x3_2", 320, 2)],
    [
      same("branch7x7x3_1", 192, POINT),
      same("branch7x7x3_2", 192, ROW_7),
      same("branch7x7x3_3", 192, COLUMN_7),
      valid("branch7x7x3_4", 192, 2),
    ],
    [HALVING],
  ];
  return { name, layers: [{ branches }] };
}

/**
 * Pixels of 8 x 8. The graph of 2015 has a max pool where its paper has a mean in
 * the last block, and in that one alone.
 */
function blockE(name: string, pool: Pool["pool"]): Block {
  const crossed = (prefix: string): Fork => ({
    branches: [
      [same(`${prefix}a`, 384, ROW_3)],
      [same(`${prefix}b`, 384, COLUMN_3)],
    ],
  });
  const branches = [
    [same("branch1x1", 320, POINT)],
    [same("branch3x3_1", 384, POINT), crossed("branch3x3_2")],
    [
      same("branch3x3dbl_1", 448, POINT),
      same("branch3x3dbl_2", 384, SQUARE_3),
      crossed("branch3x3dbl_3"),
    ],
    [{ pool, halves: false }, same("branch_pool", 192, POINT)],
  ];
  return { name, layers: [{ branches }] };
}

/** Inception v3 (Szegedy et al. 2016) as TensorFlow's graph of 2015-12-05 has it. */
export const INCEPTION_BLOCKS: readonly Block[] = [
  {
    name: "",
    layers: [
      valid("Conv2d_1a_3x3", 32, 2),
      valid("Conv2d_2a_3x3", 32),
      same("Conv2d_2b_3x3", 64, SQUARE_3),
      HALVING,
      same("Conv2d_3b_1x1", 80, POINT),
      valid("Conv2d_4a_3x3", 192),
      HALVING,
    ],
  },
  blockA("Mixed_5b", 32),
  blockA("Mixed_5c", 64),
  blockA("Mixed_5d", 64),
  blockB("Mixed_6a"),
  blockC("Mixed_6b", 128),
  blockC("Mixed_6c", 160),
  blockC("Mixed_6d", 160),
  blockC("Mixed_6e", 192),
  blockD("Mixed_7a"),
  blockE("Mixed_7b", "average"),
  blockE("Mixed_7c", "max"),
];
