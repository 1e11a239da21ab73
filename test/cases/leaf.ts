import {
  constant,
  type FAMILIES,
  type HostTensor,
  input,
  type OpAttributes,
  type Shape,
} from "../../lib/tensor/mod.ts";
import { type Cases, HALF, type Sample, samplesFrom } from "./case.ts";
import { AWKWARD_SHAPES, shapes } from "./layouts.ts";
import { f32, f64, i32 } from "./values.ts";

const EXACT = { f32: 0, reason: "no arithmetic", half: HALF.moved } as const;

function constantSample(value: HostTensor): Sample<OpAttributes["constant"]> {
  return { inputs: [], attributes: { value, dtype: value.dtype } };
}

function inputSample(
  { shape, ...rest }: HostTensor,
): Sample<OpAttributes["input"]> {
  const { dtype } = rest;
  return {
    inputs: [{ shape, ...rest }],
    attributes: { name: "x", shape, dtype },
  };
}

const VALUE = f32([2], [1.5, -0.25]);
const WORDS = i32([], [-2147483648]);

/** Cases of the leaves: an input alone, and a constant alone, are programs too. */
export const leaf: Cases<keyof typeof FAMILIES.leaf> = {
  input: {
    examples: [{
      name: "is what is bound",
      ...inputSample(VALUE),
      expected: f64([2], [1.5, -0.25]),
    }],
    samples: samplesFrom<Shape, OpAttributes["input"]>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => inputSample(draw.floats(shape)),
    ),
    tolerance: EXACT,
    build: ([x], { attributes: { name, shape, dtype } }) =>
      x ?? input(name, shape, dtype),
  },
  constant: {
    examples: [
      {
        name: "is its value",
        ...constantSample(VALUE),
        expected: f64([2], [1.5, -0.25]),
      },
      { name: "of integers", ...constantSample(WORDS), expected: WORDS },
    ],
    samples: samplesFrom<Shape, OpAttributes["constant"]>(
      AWKWARD_SHAPES,
      shapes(),
      (shape, draw) => constantSample(draw.floats(shape)),
    ),
    tolerance: EXACT,
    build: (_, { attributes: { value } }) => constant(value),
  },
};
