import {
  type HostTensor,
  hostTensor,
  type Shape,
  sizeOf,
} from "../tensor/mod.ts";
import type { ParameterShapes } from "./parameters.ts";

/** Standard uniform and normal numbers, as many as asked for. */
export interface InitialDraws {
  /** In (0, 1). */
  uniform(): number;
  /** Mean 0, variance 1. */
  normal(): number;
}

/** How a parameter starts. */
export type Initializer = (shape: Shape, draws: InitialDraws) => HostTensor;

function filled(shape: Shape, next: () => number): HostTensor {
  return hostTensor(
    "f32",
    shape,
    Float32Array.from({ length: sizeOf(shape) }, next),
  );
}

/** All one value. */
export function constantInit(value: number): Initializer {
  return (shape) => filled(shape, () => value);
}

/** N(mean, deviation^2). */
export function normalInit(deviation: number, mean = 0): Initializer {
  return (shape, draws) =>
    filled(shape, () => mean + deviation * draws.normal());
}

function uniformWithin(
  shape: Shape,
  draws: InitialDraws,
  bound: number,
): HostTensor {
  return filled(shape, () => (2 * draws.uniform() - 1) * bound);
}

/** Weights a unit of W [out, in, ...] reads. */
function fanIn(shape: Shape): number {
  return sizeOf(shape.slice(1));
}

/** torch's default for linear and convolution weights: uniform within 1 / sqrt(fan in). */
export function fanInInit(shape: Shape, draws: InitialDraws): HostTensor {
  return uniformWithin(shape, draws, fanIn(shape) ** -0.5);
}

/** torch's default for the bias of a linear layer with `inputs` inputs. */
export function biasInit(inputs: number): Initializer {
  return (shape, draws) => uniformWithin(shape, draws, inputs ** -0.5);
}

/** Xavier uniform (Glorot and Bengio 2010). */
export function xavierInit(shape: Shape, draws: InitialDraws): HostTensor {
  const [outputs, inputs] = shape as [number, number];
  return uniformWithin(shape, draws, Math.sqrt(6 / (inputs + outputs)));
}

/** What a parameter is before it is trained. */
export interface ParameterSpec {
  readonly shape: Shape;
  /** How it starts. */
  readonly start: Initializer;
}

/** Every parameter of a model by name; the names are the release's. */
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** The shapes alone. */
export function shapesOf(specs: ParameterSpecs): ParameterShapes {
  const entries = Object.entries(specs)
    .map(([name, { shape }]) => [name, shape] as const);
  return Object.fromEntries(entries);
}

/**
 * Starting values of every parameter.
 *
 * @param drawsOf the random draws of one parameter, by its name
 */
export function initialize(
  specs: ParameterSpecs,
  drawsOf: (name: string) => InitialDraws,
): Record<string, HostTensor> {
  const entries = Object.entries(specs).map(([name, { shape, start }]) =>
    [name, start(shape, drawsOf(name))] as const
  );
  return Object.fromEntries(entries);
}
