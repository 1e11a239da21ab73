import type { OnnxEnd, OnnxModel, OnnxNode, OnnxTensor } from "./model.ts";

/**
 * Rows that stand for "any number of rows" while a model is lowered. Graphs have
 * static shapes; a prime above every other size shows which of them hold the
 * rows: those that it divides.
 */
export const BATCH = 65_537;

/** What stands for BATCH in the shapes of inputs and outputs. */
const SYMBOL = "batch";

/** Names of what is added to a model. */
const ROWS = "batch/rows";

function holdsBatch(size: number): boolean {
  return size !== 0 && size % BATCH === 0;
}

/** Lists of i64 that hold rows, by name. */
function rowLists(model: OnnxModel): Map<string, number[]> {
  const lists = model.initializers.flatMap(({ name, type, data }) => {
    if (type !== "i64" || !(data instanceof Uint8Array)) return [];
    const words = new BigInt64Array(data.slice().buffer);
    const list = Array.from(words, Number);
    return list.some(holdsBatch) ? [[name, list] as const] : [];
  });
  return new Map(lists);
}

function symbolic(end: OnnxEnd): OnnxEnd {
  const shape = end.shape.map((size) =>
    typeof size === "number" && holdsBatch(size) ? SYMBOL : size
  );
  return { ...end, shape };
}

function intList(name: string, values: readonly number[]): OnnxTensor {
  const data = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { name, type: "i64", shape: [values.length], data };
}

/** The number of rows, from the shape of an input. */
function rowsNode({ inputs }: OnnxModel): OnnxNode {
  const { name } = inputs.find(({ shape }) => shape[0] === BATCH)!;
  return {
    name: ROWS,
    op: "Shape",
    domain: "",
    inputs: [name],
    outputs: [ROWS],
    attributes: { start: { int: 0 }, end: { int: 1 } },
  };
}

/** Makes the shape of an Expand when the model runs. */
function shapeNode(
  name: string,
  list: readonly number[],
): { node: OnnxNode; initializers: OnnxTensor[] } {
  const initializers: OnnxTensor[] = [];
  const inputs = list.map((size, axis) => {
    if (size === BATCH) return ROWS;
    initializers.push(intList(`${name}/axis_${axis}`, [size]));
    return `${name}/axis_${axis}`;
  });
  const node: OnnxNode = {
    name,
    op: "Concat",
    domain: "",
    inputs,
    outputs: [name],
    attributes: { axis: { int: 0 } },
  };
  return { node, initializers };
}

/**
 * Frees a model that was lowered for {@linkcode BATCH} rows: shapes that hold
 * the rows are left open where the operator can tell them, or made from an
 * input whose first axis they are.
 *
 * @throws {Error} where rows are used in another way: our own mistake
 */
export function freeBatch(model: OnnxModel): OnnxModel {
  const lists = rowLists(model);
  const nodes: OnnxNode[] = [rowsNode(model)];
  const added: OnnxTensor[] = [];
  for (const node of model.nodes) {
    const shape = node.inputs.find((name) => lists.has(name));
    if (shape === undefined) {
      nodes.push(node);
      continue;
    }
    const list = lists.get(shape)!;
    const name = `batch/${node.name}`;
    if (node.op === "Reshape" && list.filter(holdsBatch).length === 1) {
      const open = list.map((size) => holdsBatch(size) ? -1 : size);
      added.push(intList(name, open));
    } else if (node.op === "Expand" && !list.some((n) => n > BATCH)) {
      const made = shapeNode(name, list);
      nodes.push(made.node);
      added.push(...made.initializers);
    } else {
      throw new Error(`internal: ${node.name} cannot take any number of rows`);
    }
    const inputs = node.inputs.map((one) => one === shape ? name : one);
    nodes.push({ ...node, inputs });
  }
  const kept = model.initializers.filter(({ name }) => !lists.has(name));
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return {
    ...model,
    nodes: nodes.filter(({ name }) => name !== ROWS || used.has(ROWS)),
    initializers: [...kept, ...added],
    inputs: model.inputs.map(symbolic),
    outputs: model.outputs.map(symbolic),
  };
}
