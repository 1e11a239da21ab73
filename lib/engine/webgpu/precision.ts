/** How close to the reference an engine computes, the closest first. */
export type Precision =
  /** Floats are f32 in memory. */
  | "f32"
  /**
   * Frozen weights, caches, and what kernels keep between each other are f16;
   * arithmetic is f32. Without `shader-f16` only frozen weights become f16.
   */
  | "f16"
  /**
   * As f16, and products of few rows with 8-bit weights are products of bytes,
   * where the adapter has kernels of their own for them.
   */
  | "i8";
