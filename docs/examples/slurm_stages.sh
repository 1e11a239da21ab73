#!/usr/bin/env bash
# Short runs of what ranks share, by srun in an empty folder: trainings, samples,
# features, figures and a sweep. one_machine_slurm.sh makes the cluster.
set -eu
calm="--device cpu"
ranks() {
  srun --mpi=pmix -n 2 --overcommit spherear "$@" $calm
}
spherear prepare -o train.safetensors --heldout heldout.safetensors
ranks train-vae --images train.safetensors --parts 2 --batch 4 --steps 4 \
  --set vae.z_channels=32 --set 'vae.cnn_chs=[8,8,16,32]' -o svae.safetensors
ranks train-ar --images train.safetensors --svae svae.safetensors --parts 2 \
  --batch 4 --steps 4 --set ar.n_layer=1 -o ar.safetensors
ranks train-classifier --images train.safetensors --parts 2 --batch 8 \
  --steps 4 -o classifier.safetensors
ranks sample --ar ar.safetensors --svae svae.safetensors --count 12 --batch 2 \
  --steps 3 -o samples.safetensors
ranks extract-features --images samples.safetensors \
  --network classifier.safetensors --batch 2 -o features.safetensors
ranks evaluate --samples samples.safetensors --reference train.safetensors \
  --network classifier.safetensors --repeats -o metrics.safetensors
ranks sweep --ar ar.safetensors --svae svae.safetensors --cfg 1,2 --steps 2 \
  --count 6 --batch 2 --repeats --reference train.safetensors \
  --network classifier.safetensors -o sweep/
sha256sum ./*.safetensors
