/**
 * As much of WebAssembly's binary format as inner loops need that plain
 * TypeScript is too slow for: functions of addresses and counts, over vectors in
 * an imported memory.
 *
 * The format is that of the WebAssembly core specification, release 3.0,
 * sections 5.3 to 5.5.
 *
 * @module
 */
export {
  f64x2,
  i16x8,
  i32,
  i32x4,
  i8x16,
  repeatWhile,
  v128,
  whileLoop,
} from "./instructions.ts";
export {
  type Code,
  type Locals,
  type WasmFunction,
  wasmModule,
} from "./module.ts";
