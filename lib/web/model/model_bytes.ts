import {
  arrayView,
  type DType,
  ELEMENT_BYTES,
  type FrozenStates,
  type FrozenTensor,
  hostTensor,
  quantizedBlocks,
  type Shape,
  sizeOf,
} from "../../tensor/mod.ts";
import type { ArModel, VaeModel } from "../../sample/mod.ts";
import type { TensorPlace, WebModel } from "./web_model.ts";

/** Bytes of a scale of q8, which is an f32. */
const SCALE_BYTES = 4;

/** The bytes of all shards end to end. */
export type ReadBytes = (start: number, stop: number) => Promise<ArrayBuffer>;

/** Both halves of a model, whose numbers are read when an engine asks. */
export interface Generator {
  readonly ar: ArModel;
  readonly vae: VaeModel;
}

/** The halves of a model. */
export function generatorFrom(model: WebModel, read: ReadBytes): Generator {
  const of = (half: keyof WebModel["tensors"]) =>
    statesOf(model, { half, read });
  return {
    ar: { config: model.ar, weights: of("ar") },
    vae: { config: model.vae, weights: of("vae") },
  };
}

function statesOf(
  model: WebModel,
  { half, read }: { half: keyof WebModel["tensors"]; read: ReadBytes },
): FrozenStates {
  const places = Object.entries(model.tensors[half]);
  return Object.fromEntries(places.map(([name, place]) => {
    const { dtype, shape } = place;
    const identity = `${model.shards[0]?.sha256} ${half} ${name}`;
    const load = () => readTensor(place, read);
    return [name, { dtype, shape, identity, load }];
  }));
}

async function readTensor(
  { dtype, shape, start }: TensorPlace,
  read: ReadBytes,
): Promise<FrozenTensor> {
  const length = sizeOf(shape);
  if (dtype !== "q8") {
    const buffer = await read(start, start + length * ELEMENT_BYTES[dtype]);
    return hostTensor<DType>(
      dtype,
      shape,
      arrayView(dtype, buffer, { length }),
    );
  }
  const middle = start + length;
  const stop = middle + scalesOf(shape) * SCALE_BYTES;
  return {
    dtype,
    shape,
    data: new Int8Array(await read(start, middle)),
    scales: new Float32Array(await read(middle, stop)),
  };
}

function scalesOf(shape: Shape): number {
  const [rows, width] = shape as [number, number];
  return rows * quantizedBlocks(width);
}

/** The arrays of a tensor as they lie in shards, one after another. */
export function arraysOf(tensor: FrozenTensor): readonly Uint8Array[] {
  const arrays = "scales" in tensor
    ? [tensor.data, tensor.scales]
    : [tensor.data];
  return arrays.map(({ buffer, byteOffset, byteLength }) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  );
}
