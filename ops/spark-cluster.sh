#!/usr/bin/env bash
# A Spark cluster on this machine alone: a standalone master and two workers of one core each, on 127.0.0.1.
#   ops/spark-cluster.sh start FOLDER [PORT]   # prints what NORDWAERTS_SPARK_MASTER has to be
#   ops/spark-cluster.sh stop FOLDER
# FOLDER holds process ids, logs and work of the workers. PYTHON is the one `make spark` set up (.venv/bin/python).
set -euo pipefail

usage() {
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
}

begin() { # name, class, arguments: in a process group of its own, so that a worker ends with its executors
    local name=$1
    shift
    setsid "$spark_home/bin/spark-class" "$@" > "$folder/$name.log" 2>&1 < /dev/null &
    echo $! > "$folder/$name.pid"
}

wait_for() { # name, text of its log
    for _ in $(seq 900); do
        if grep -q "$2" "$folder/$1.log"; then return; fi
        sleep 0.2
    done
    echo "$1 did not start; see $folder/$1.log" >&2
    exit 1
}

[ $# -ge 2 ] || usage
folder=$2
case $1 in
    start)
        port=${3:-7077}
        python=${PYTHON:-"$(dirname "$0")/../.venv/bin/python"}
        spark_home=$("$python" -c 'import importlib.util as u; print(u.find_spec("pyspark").submodule_search_locations[0])')
        mkdir -p "$folder"
        folder=$(cd "$folder" && pwd)
        export SPARK_LOCAL_IP=127.0.0.1 SPARK_HOME=$spark_home
        begin master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
        wait_for master 'I have been elected leader'
        for number in 1 2; do
            begin "worker-$number" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g \
                --webui-port 0 --work-dir "$folder/work-$number" "spark://127.0.0.1:$port"
        done
        for number in 1 2; do wait_for "worker-$number" 'Successfully registered'; done
        echo "spark://127.0.0.1:$port"
        ;;
    stop)
        for pid in "$folder"/*.pid; do
            [ -e "$pid" ] || continue
            kill -- "-$(cat "$pid")" 2> /dev/null || true # one that was killed before is gone already
            rm "$pid"
        done
        ;;
    *) usage ;;
esac
