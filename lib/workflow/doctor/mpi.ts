import type { Finding } from "./finding.ts";

/** Open MPI and MPICH, by the names of their libraries. */
const LIBRARIES: Readonly<Record<string, string>> = {
  "libmpi.so.40": "Open MPI",
  "libmpi.so.12": "MPICH",
  "libmpich.so.12": "MPICH",
  "libmpi.so": "MPI",
  "libmpi.dylib": "MPI",
};

/** Looks for an MPI library, which comes with the launcher `mpirun`. */
export function examineMpi(): Finding {
  const base = { name: "MPI (only to start many processes)", needed: false };
  for (const [file, name] of Object.entries(LIBRARIES)) {
    try {
      Deno.dlopen(file, {}).close();
      return { ...base, works: true, detail: `${name} (${file})` };
    } catch {
      // Another name may be there.
    }
  }
  return {
    ...base,
    works: false,
    detail: "none was found",
    fix: "not needed on one machine; apt-get install openmpi-bin has mpirun",
  };
}
