export * from "./composite.ts";
export * from "./contraction.ts";
export * from "./elementwise.ts";
export * from "./indexing.ts";
export * from "./leaf.ts";
export * from "./movement.ts";
export * from "./random.ts";
export * from "./reduce.ts";
