/** A handle's value, or the name of the variable whose address it is. */
type Handle = bigint | string;

/**
 * What of MPI differs from library to library: in C it is fixed when a program
 * is compiled, by the header `mpi.h`.
 */
export interface MpiAbi {
  readonly title: string;
  /** Bytes of a handle. */
  readonly handleBytes: 4 | 8;
  /** `MPI_COMM_WORLD`. */
  readonly world: Handle;
  /** `MPI_BYTE`. */
  readonly byte: Handle;
  /** `MPI_ERRORS_RETURN`. */
  readonly errorsReturn: Handle;
  /** `MPI_STATUSES_IGNORE`, as an address. */
  readonly ignoreStatuses: bigint;
  /** `MPI_THREAD_FUNNELED`. */
  readonly threadFunneled: number;
}

/**
 * - standard: chapter 20 of MPI 5.0, `mpi_abi.h`
 * - openMpi: `mpi.h` of 4.1 and 5.0
 * - mpich: `mpi.h` of 4.0; the libraries of Intel, Cray and MVAPICH share it
 */
export const MPI_ABIS = {
  standard: {
    title: "MPI's standard interface",
    handleBytes: 8,
    world: 0x101n,
    byte: 0x247n,
    errorsReturn: 0x143n,
    ignoreStatuses: 0n,
    threadFunneled: 1024,
  },
  openMpi: {
    title: "Open MPI",
    handleBytes: 8,
    world: "ompi_mpi_comm_world",
    byte: "ompi_mpi_byte",
    errorsReturn: "ompi_mpi_errors_return",
    ignoreStatuses: 0n,
    threadFunneled: 1,
  },
  mpich: {
    title: "MPICH",
    handleBytes: 4,
    world: 0x44000000n,
    byte: 0x4c00010dn,
    errorsReturn: 0x54000001n,
    ignoreStatuses: 1n,
    threadFunneled: 1,
  },
} as const satisfies Record<string, MpiAbi>;

/** Which of the interfaces a library has. */
export type AbiName = keyof typeof MPI_ABIS;
