/** How floats are kept in memory; arithmetic is f32 whichever it is. */
export type Precision = "f32" | "f16";
