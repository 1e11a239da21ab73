import { ELEMENT_BYTES, sizeOf } from "../../tensor/mod.ts";
import { ProtoWriter } from "../../protobuf/mod.ts";

/** Element types of ONNX values that the lowerings use. */
export type OnnxType =
  | "f32"
  | "f64"
  | "f16"
  | "i32"
  | "i64"
  | "u32"
  | "u8"
  | "bool";

/** `TensorProto.DataType`, which is also `ONNXTensorElementDataType`. */
export const ONNX_TYPE_CODE: { readonly [T in OnnxType]: number } = {
  f32: 1,
  u8: 2,
  i32: 6,
  i64: 7,
  bool: 9,
  f16: 10,
  f64: 11,
  u32: 12,
};

/** Version of the standard operator set that the lowerings are written for. */
export const OPSET_VERSION = 21;

const IR_VERSION = 10;

/** Where the bytes of a large initializer lie outside of the model. */
export interface ExternalData {
  /** File name, relative to the folder of the model's file. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** Bytes that are made when a model is stored, unless they are stored already. */
export interface DeferredBytes {
  readonly length: number;
  /** Bytes of the whole weight in f32: making any part of it reads them all. */
  readonly weightBytes: number;
  /** Names the bytes: those of one key are the same. */
  readonly key: string;
  /** Whether the key holds in every process. */
  readonly isStored: boolean;
  make(): Promise<Uint8Array>;
}

/** A constant tensor, by its bytes or by a reference to a file. */
export interface OnnxTensor<D = Uint8Array | ExternalData> {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly data: D;
}

/** A constant tensor whose bytes may have to be made. */
export type PlannedTensor = OnnxTensor<
  Uint8Array | ExternalData | DeferredBytes
>;

/** An attribute; its kind says which field of `AttributeProto` holds it. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly tensor: OnnxTensor };

/** One operator; an empty input or output name means that it is left out. */
export interface OnnxNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** Name, element type and static shape of a value. */
export interface OnnxValue {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
}

/** An input or output of a model; a word in its shape is any size. */
export interface OnnxEnd extends Omit<OnnxValue, "shape"> {
  readonly shape: readonly (number | string)[];
}

/** A model: nodes in topological order. */
export interface OnnxModel<T = OnnxTensor> {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly T[];
  readonly inputs: readonly OnnxEnd[];
  readonly outputs: readonly OnnxEnd[];
  /** What people and programs may want to know of it. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A model of which not all constants are made yet. */
export type PlannedModel = OnnxModel<PlannedTensor>;

/** Bytes of one element of an ONNX type. */
export function elementBytes(type: OnnxType): number {
  return type === "i64" ? 8 : ELEMENT_BYTES[type];
}

/**
 * Encodes a model as the bytes of an ONNX file.
 *
 * @throws {RangeError} when an initializer's bytes do not fill its shape
 */
export function encodeModel(model: OnnxModel): Uint8Array<ArrayBuffer> {
  return writeModel(model).finish();
}

/**
 * The same bytes in pieces, of which large constants are their own.
 *
 * @throws {RangeError} when an initializer's bytes do not fill its shape
 */
export function encodePieces(model: OnnxModel): readonly Uint8Array[] {
  return writeModel(model).pieces();
}

function writeModel(model: OnnxModel): ProtoWriter {
  const writer = new ProtoWriter();
  writer.int(1, IR_VERSION);
  writer.string(2, "spherear");
  writer.message(7, (graph) => writeGraph(graph, model));
  writer.message(8, (opset) => opset.int(2, OPSET_VERSION));
  for (const domain of new Set(model.nodes.map((node) => node.domain))) {
    if (domain === "") continue;
    writer.message(8, (opset) => {
      opset.string(1, domain);
      opset.int(2, 1);
    });
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    writer.message(14, (entry) => {
      entry.string(1, key);
      entry.string(2, value);
    });
  }
  return writer;
}

function writeGraph(writer: ProtoWriter, model: OnnxModel): void {
  for (const node of model.nodes) {
    writer.message(1, (inner) => writeNode(inner, node));
  }
  writer.string(2, model.name);
  for (const tensor of model.initializers) {
    writer.message(5, (inner) => writeTensor(inner, tensor));
  }
  for (const value of model.inputs) {
    writer.message(11, (inner) => writeValue(inner, value));
  }
  for (const value of model.outputs) {
    writer.message(12, (inner) => writeValue(inner, value));
  }
}

function writeNode(writer: ProtoWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name);
  writer.string(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, { name, attribute }));
  }
  writer.string(7, node.domain);
}

function writeAttribute(
  writer: ProtoWriter,
  { name, attribute }: { name: string; attribute: OnnxAttribute },
): void {
  writer.string(1, name);
  if ("int" in attribute) {
    writer.int(3, attribute.int);
    writer.int(20, 2);
  } else if ("float" in attribute) {
    writer.float(2, attribute.float);
    writer.int(20, 1);
  } else if ("string" in attribute) {
    writer.string(4, attribute.string);
    writer.int(20, 3);
  } else if ("ints" in attribute) {
    writer.packedInts(8, attribute.ints);
    writer.int(20, 7);
  } else if ("floats" in attribute) {
    writer.packedFloats(7, attribute.floats);
    writer.int(20, 6);
  } else {
    writer.message(5, (inner) => writeTensor(inner, attribute.tensor));
    writer.int(20, 4);
  }
}

function writeTensor(writer: ProtoWriter, tensor: OnnxTensor): void {
  const expected = sizeOf(tensor.shape) * elementBytes(tensor.type);
  if (tensor.data.length !== expected) {
    throw new RangeError(
      `Cannot encode initializer "${tensor.name}" of shape ` +
        `[${tensor.shape}]: expected ${expected} bytes, ` +
        `got ${tensor.data.length}`,
    );
  }
  writer.packedInts(1, tensor.shape);
  writer.int(2, ONNX_TYPE_CODE[tensor.type]);
  writer.string(8, tensor.name);
  if (tensor.data instanceof Uint8Array) {
    writer.bytes(9, tensor.data);
    return;
  }
  for (const key of ["location", "offset", "length"] as const) {
    const value = String(tensor.data[key]);
    writer.message(13, (entry) => {
      entry.string(1, key);
      entry.string(2, value);
    });
  }
  writer.int(14, 1);
}

function writeValue(writer: ProtoWriter, value: OnnxEnd): void {
  writer.string(1, value.name);
  writer.message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.int(1, ONNX_TYPE_CODE[value.type]);
      tensor.message(2, (shape) => {
        for (const size of value.shape) {
          shape.message(
            1,
            (dimension) =>
              typeof size === "string"
                ? dimension.string(2, size)
                : dimension.int(1, size),
          );
        }
      });
    });
  });
}
