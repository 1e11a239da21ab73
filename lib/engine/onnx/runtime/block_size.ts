import { encodeModel } from "../model.ts";
import type { OrtBackend } from "./backend.ts";

/** Blocks that the lowerings know: those of AVX-512 and of AVX2. */
const BLOCKS = [16, 8];

const CHANNELS = 32;
const PIXELS = 4;
const SHAPE = [1, CHANNELS, 1, PIXELS];

function probeModel(): Uint8Array<ArrayBuffer> {
  return encodeModel({
    name: "block size",
    nodes: [{
      name: "reorder",
      op: "ReorderInput",
      domain: "com.microsoft.nchwc",
      inputs: ["x"],
      outputs: ["y"],
      attributes: {},
    }],
    initializers: [],
    inputs: [{ name: "x", type: "f32", shape: SHAPE }],
    outputs: [{ name: "y", type: "f32", shape: SHAPE }],
  });
}

/** The block in which a ramp over [1, C, 1, P] lies, or null. */
function blockOf(y: Float32Array): number | null {
  const fits = (block: number) =>
    y.every((value, at) => {
      const [pixel, lane] = [Math.floor(at / block) % PIXELS, at % block];
      const first = Math.floor(at / block / PIXELS) * block;
      return value === (first + lane) * PIXELS + pixel;
    });
  return BLOCKS.find(fits) ?? null;
}

/**
 * Channels in a block of onnxruntime's blocked layout on this CPU, found by
 * reordering a ramp; null where it has none that the lowerings know.
 */
export async function probeBlockSize(
  backend: OrtBackend,
): Promise<number | null> {
  const ramp = () => {
    const data = new Float32Array(new SharedArrayBuffer(CHANNELS * PIXELS * 4));
    data.forEach((_, at) => data[at] = at);
    const bytes = new Uint8Array(data.buffer);
    const tensor = backend.tensor({ type: "f32", shape: SHAPE, bytes });
    return { data, tensor };
  };
  const [x, y] = [ramp(), ramp()];
  y.data.fill(0);
  try {
    const ends = { inputs: ["x"], outputs: ["y"] };
    const session = await backend.load({
      model: probeModel(),
      ends,
      files: [],
    });
    await session.run([x.tensor], [y.tensor]);
    await session.release();
    return blockOf(y.data);
  } catch {
    // This CPU or this build of the library has no such operator.
    return null;
  } finally {
    backend.releaseTensor(x.tensor);
    backend.releaseTensor(y.tensor);
  }
}
