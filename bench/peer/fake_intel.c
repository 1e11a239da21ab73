/* Preloaded before torch: MKL asks this before it uses its AVX-512 kernels. */
int mkl_serv_intel_cpu_true(void) { return 1; }
