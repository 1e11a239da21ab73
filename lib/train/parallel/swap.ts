import type { DeviceTensor, Engine } from "../../tensor/mod.ts";
import type { Wire } from "./wire.ts";

/** Tensors of an engine that go to ranks or come from them, by rank. */
type DeviceTensors = readonly (readonly DeviceTensor[])[];

/**
 * Sends each rank its tensors, and fills others with what comes from each: out
 * of the engine's memory and into it, where the host sees it.
 */
export async function swap(
  { engine, wire }: { readonly engine: Engine; readonly wire: Wire },
  sent: DeviceTensors,
  received: DeviceTensors,
): Promise<void> {
  if (wire.size === 1) return;
  // What goes to several is read once.
  const distinct = [...new Set(sent.flat())];
  const filling = received.flat();
  await engine.lend(distinct, (lent) =>
    engine.fill(filling, (filled) => {
      const numbers = new Map([
        ...distinct.map((tensor, i) => [tensor, lent[i]!] as const),
        ...filling.map((tensor, i) => [tensor, filled[i]!] as const),
      ]);
      const numbersOf = (tensors: DeviceTensors) =>
        tensors.map((own) => own.map((tensor) => numbers.get(tensor)!));
      return wire.exchange(numbersOf(sent), numbersOf(received));
    }));
}
