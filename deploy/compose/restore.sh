#!/bin/sh
# Restores what backup.sh has made, on a new machine or over an installation, which is stopped for it.
# Usage: deploy/compose/restore.sh <keys file> <data file>
set -eu

if [ $# -ne 2 ] || [ ! -r "$1" ] || [ ! -r "$2" ]; then
    echo "Usage: $0 <keys file> <data file>" >&2
    exit 2
fi
keys=$(cd "$(dirname "$1")" && pwd -P)/$(basename "$1")
data=$(cd "$(dirname "$2")" && pwd -P)/$(basename "$2")
cd "$(dirname "$0")/../.."

project=$(docker compose config | sed -n 's/^name: //p')
# Also makes the volumes.
docker compose create --build
docker compose stop
options=$(docker volume ls --filter "label=com.docker.compose.project=$project" \
    --format '{{.Name}} {{.Label "com.docker.compose.volume"}}' | while read -r volume name; do
    printf -- '-v %s:/backup/%s ' "$volume" "$name"
done)
for file in "$keys" "$data"; do
    # The options have no spaces in them.
    # shellcheck disable=SC2086
    docker run --rm -i $options "${NGINX_IMAGE:-nginx:1.28}" tar -xz -C /backup <"$file"
    echo "restore: $file"
done
echo "restore: Now start the platform: docker compose up --detach --wait"
