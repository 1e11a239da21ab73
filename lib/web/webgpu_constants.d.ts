/** Constants of WebGPU that TypeScript's library of the web leaves out. */
declare const GPUBufferUsage: Readonly<
  Record<
    | "COPY_SRC"
    | "COPY_DST"
    | "MAP_READ"
    | "MAP_WRITE"
    | "QUERY_RESOLVE"
    | "STORAGE"
    | "UNIFORM",
    number
  >
>;
declare const GPUMapMode: Readonly<Record<"READ" | "WRITE", number>>;
declare const GPUTextureUsage: Readonly<
  Record<"COPY_DST" | "STORAGE_BINDING", number>
>;
