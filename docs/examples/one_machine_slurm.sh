#!/usr/bin/env bash
# Makes a Slurm cluster of this one machine, to try srun: as root, on Debian,
# after `apt-get install slurm-wlm munge openmpi-bin`.
set -eu
host=$(hostname -s)
mkdir -p /etc/slurm /var/spool/slurmctld /var/spool/slurmd /run/munge
cat > /etc/slurm/slurm.conf <<CONF
ClusterName=one
SlurmctldHost=$host
SlurmUser=root
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
StateSaveLocation=/var/spool/slurmctld
SlurmdSpoolDir=/var/spool/slurmd
ReturnToService=2
NodeName=$host CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES OverSubscribe=FORCE:4 State=UP
CONF
[ -f /etc/munge/munge.key ] || mungekey -c
chown -R munge: /etc/munge /run/munge /var/lib/munge /var/log/munge
pgrep -x munged > /dev/null || runuser -u munge -- munged
pgrep -x slurmctld > /dev/null || slurmctld
pgrep -x slurmd > /dev/null || slurmd
sleep 3
sinfo
srun --mpi=pmix -n 2 --overcommit spherear doctor
