#!/usr/bin/env bash
# CPU and memory of `log-router run`: FireLens records in over a unix socket, S3 and CloudWatch Logs by moto.
#   benches/sidecar.sh BINARIES VENV MEGABYTES RATE
# First without limits, then, where cgroups v1 can be made, within 50 milli-CPU and 128 MiB at 5 MB/s.
set -euo pipefail
binaries=$1 venv=$2 megabytes=$3 rate=$4
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

"$venv/bin/python" -c '
from moto.server import ThreadedMotoServer
import signal
server = ThreadedMotoServer(port=0)
server.start()
print(server.get_host_and_port()[1], flush=True)
signal.pause()' > port 2> moto.log &
until [ -s port ]; do sleep 0.1; done
AWS_ENDPOINT_URL=http://127.0.0.1:$(cat port)
export AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1
"$venv/bin/python" -c "
import boto3
boto3.client('s3', region_name='us-east-1').create_bucket(Bucket='logs')"

"$binaries/examples/mixed_lines" "$megabytes" few > lines.log
cat > sluice.toml <<EOF
name = "bench"
archive.url = "s3://logs/bench"
inputs.forward.unix = "$folder/fluent.sock"
spool.dir = "$folder/spool"
admin.listen = "127.0.0.1:0"
health.listen = "off"
EOF

# run CGROUP RATE MEGABYTES
run() {
    rm -rf spool
    (
        if [ -n "$1" ]; then
            echo "$BASHPID" > "/sys/fs/cgroup/cpu/$1/cgroup.procs"
            echo "$BASHPID" > "/sys/fs/cgroup/memory/$1/cgroup.procs"
        fi
        exec "$binaries/log-router" run --config sluice.toml 2> router.log
    ) &
    router=$!
    until grep -q '"ready"' router.log 2> /dev/null; do sleep 0.1; done
    "$binaries/examples/firelens_load" "$folder/fluent.sock" lines.log "$2" "$3"
    started=$(date +%s.%N)
    kill -TERM "$router"
    memory=$(awk '/VmHWM/ { print $2 }' "/proc/$router/status")
    # CPU so far, in hundredths of a second; what the end takes is small.
    cpu=$(awk '{ print $14, $15 }' "/proc/$router/stat")
    wait "$router"
    awk -v cpu="$cpu" -v mb="$3" -v memory="$memory" 'BEGIN {
        split(cpu, t, " ")
        printf "CPU %.1f s a GB of lines (user %.2f s, system %.2f s), peak memory %.1f MiB\n",
            (t[1] + t[2]) * 10 / mb, t[1] / 100, t[2] / 100, memory / 1024 }'
    echo "delivered $(echo "$(date +%s.%N) - $started" | bc) s after the last line: $(tail -1 router.log)"
    rm -f router.log
}

echo "== without limits, $megabytes MB at $rate MB/s (0: as fast as it can)"
run "" "$rate" "$megabytes"
if mkdir -p /sys/fs/cgroup/cpu/sluice /sys/fs/cgroup/memory/sluice 2> /dev/null; then
    echo 100000 > /sys/fs/cgroup/cpu/sluice/cpu.cfs_period_us
    echo 5000 > /sys/fs/cgroup/cpu/sluice/cpu.cfs_quota_us
    echo $((128 << 20)) > /sys/fs/cgroup/memory/sluice/memory.limit_in_bytes
    echo "== within 50 milli-CPU and 128 MiB, 100 MB at 5 MB/s"
    run sluice 5 100
else
    echo "no cgroups can be made here; the limits are left out"
fi
