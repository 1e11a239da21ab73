/** One of the adapters of a machine. */
export interface AdapterChoice {
  readonly name: string;
  /** Whether it is software that stands in for a GPU. */
  readonly isSoftware: boolean;
  /** Bytes of one buffer at most. */
  readonly maxBufferBytes: number;
  /** How it is asked for. */
  readonly options: GPURequestAdapterOptions;
}

/** What to ask for, the fastest first: WebGPU has no list of adapters. */
const QUESTIONS: readonly GPURequestAdapterOptions[] = [
  { powerPreference: "high-performance" },
  {},
  { powerPreference: "low-power" },
  { forceFallbackAdapter: true },
];

/** The parts of an adapter's description that name it. */
type Described = Pick<GPUAdapterInfo, "description" | "vendor" | "device"> & {
  readonly architecture?: string;
};

/** What an adapter is called: browsers leave descriptions empty. */
export function adapterName(
  { description, vendor, architecture = "", device }: Described,
): string {
  const parts = [vendor, architecture, device].filter((part) => part !== "");
  return description || parts.join(" ") || "unnamed adapter";
}

/** The adapters that a WebGPU gives when it is asked in every way, each once. */
export async function listAdapters(
  gpu: Pick<GPU, "requestAdapter">,
): Promise<AdapterChoice[]> {
  const choices = new Map<string, AdapterChoice>();
  for (const options of QUESTIONS) {
    const adapter = await gpu.requestAdapter(options);
    if (adapter === null) continue;
    const name = adapterName(adapter.info);
    const isSoftware = adapter.info.isFallbackAdapter;
    const { maxBufferSize: maxBufferBytes } = adapter.limits;
    const choice = { name, isSoftware, maxBufferBytes, options };
    const key = `${name} ${isSoftware}`;
    if (!choices.has(key)) choices.set(key, choice);
  }
  return [...choices.values()];
}
