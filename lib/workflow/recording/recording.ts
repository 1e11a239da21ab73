import type { z } from "zod";
import {
  parseJson,
  type SafetensorsReader,
  UserError,
} from "../../artifact/mod.ts";
import { issueLine } from "../../pipeline/mod.ts";
import { type HostTensor, type Shape, sizeOf } from "../../tensor/mod.ts";
import type { ParameterShapes } from "../../nn/mod.ts";

/** Names among the weights of what this program computes itself, or does not need. */
const BUFFERS = /(^|\.)(freqs_cis|num_batches_tracked|downsample\.0\.f)$/;

/** A recorded run: what went in and what came out, with checked access. */
export class Recording {
  readonly reader: SafetensorsReader;
  /** Name of the case, such as "vae". */
  readonly caseName: string;

  constructor(reader: SafetensorsReader) {
    this.reader = reader;
    const name = reader.metadata["case"];
    if (name === undefined) {
      throw this.error(`metadata lacks "case"; it is not a recording`);
    }
    this.caseName = name;
  }

  /** A user error about this file. */
  error(detail: string): UserError {
    return new UserError(`Cannot use "${this.reader.name}": ${detail}`);
  }

  /** The metadata key `config`, checked by a schema. */
  config<S extends z.ZodType>(schema: S): z.infer<S> {
    let value: unknown;
    try {
      value = parseJson(this.reader.metadata["config"] ?? "");
    } catch {
      throw this.error(`metadata "config" is not JSON`);
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const under = ["config"];
    throw this.error(issueLine(parsed.error, value, { under }));
  }

  /** A tensor of this name, of exactly this shape where one is given. */
  async read(name: string, shape?: Shape): Promise<HostTensor> {
    const info = this.reader.tensors.get(name);
    if (info === undefined) throw this.error(`tensor "${name}" is missing`);
    if (shape !== undefined && info.shape.join() !== shape.join()) {
      throw this.error(
        `tensor "${name}" has shape [${info.shape}], expected [${shape}]`,
      );
    }
    return await this.reader.read(name);
  }

  /** A scalar, stored as [] or [1]. */
  async readScalar(name: string): Promise<HostTensor> {
    const tensor = await this.read(name);
    if (sizeOf(tensor.shape) !== 1) {
      throw this.error(
        `tensor "${name}" has shape [${tensor.shape}], expected one number`,
      );
    }
    return tensor;
  }

  /** Tensor names that start with `prefix`. */
  names(prefix: string): string[] {
    return [...this.reader.tensors.keys()]
      .filter((name) => name.startsWith(prefix));
  }

  /**
   * Weights below `prefix`, exactly those of a model.
   *
   * @throws {UserError} when one is missing, unknown, misshapen or not finite
   */
  async weights(
    shapes: ParameterShapes,
    prefix: string,
  ): Promise<Record<string, HostTensor>> {
    const unknown = this.names(prefix).find((name) => {
      const parameter = name.slice(prefix.length);
      return !(parameter in shapes) && !BUFFERS.test(parameter) &&
        !(prefix === "weights/" && parameter.startsWith("vae."));
    });
    if (unknown !== undefined) {
      throw this.error(`the model has no parameter "${unknown}"`);
    }
    const weights: Record<string, HostTensor> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      const weight = await this.read(prefix + name, shape);
      const bad = weight.data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) {
        throw this.error(
          `tensor "${prefix}${name}" holds ${weight.data[bad]} at ${bad}, ` +
            "expected finite numbers",
        );
      }
      weights[name] = weight;
    }
    return weights;
  }
}
