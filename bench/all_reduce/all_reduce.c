/* Sums floats over all ranks by the library's own all-reduce, again and again:
   rank 0 prints the seconds of each as JSON. Arguments: floats, repetitions. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank, count = atoi(argv[1]), repetitions = atoi(argv[2]);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  float *values = malloc(sizeof(float) * (size_t)count);
  for (int i = 0; i < count; i++) values[i] = rank + 1;
  for (int k = 0; k < repetitions; k++) {
    MPI_Barrier(MPI_COMM_WORLD);
    double start = MPI_Wtime();
    MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
    double seconds = MPI_Wtime() - start;
    if (rank == 0) printf("%s%.6f%s", k ? "," : "[", seconds, k + 1 < repetitions ? "" : "]\n");
  }
  MPI_Finalize();
}
