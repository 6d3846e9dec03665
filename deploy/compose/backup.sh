#!/bin/sh
# Backs up an installation of docker-compose.yml into two private files: the keys and certificates in
# one folder, the data that they encrypt in another. Whoever has both can act as every user, so keep
# them apart, and outside of this folder, which goes into images and repositories.
# Usage: deploy/compose/backup.sh <folder for keys> <folder for data>
set -eu
umask 077

if [ $# -ne 2 ]; then
    echo "Usage: $0 <folder for keys> <folder for data>" >&2
    exit 2
fi
root=$(cd "$(dirname "$0")/../.." && pwd -P)

# folder <path>: makes a private folder and prints its absolute path.
folder() {
    mkdir -p "$1"
    (cd "$1" && pwd -P)
}

keys=$(folder "$1")
data=$(folder "$2")
for path in "$keys" "$data"; do
    case "$path/" in
    "$root"/*)
        echo "backup: $path is inside $root: choose a folder outside of it." >&2
        exit 1
        ;;
    esac
done
if [ "$keys" = "$data" ]; then
    echo "backup: keep the keys apart from the data that they encrypt: choose two folders." >&2
    exit 1
fi

cd "$root"
project=$(docker compose config | sed -n 's/^name: //p')
date=$(date -u +%Y%m%d-%H%M%S)

# volumes <yes|no>: whether to list the volumes with data, as "-v <volume>:/backup/<name>:ro".
# The sandbox's demo and certbot's challenges are not worth a backup.
volumes() {
    docker volume ls --filter "label=com.docker.compose.project=$project" \
        --format '{{.Name}} {{.Label "com.docker.compose.volume"}}' | while read -r volume name; do
        case $name in
        sandbox | acme) continue ;;
        redis) has_data=yes ;;
        *) has_data=no ;;
        esac
        [ $has_data != "$1" ] || printf -- '-v %s:/backup/%s:ro ' "$volume" "$name"
    done
}

# archive <file> <volume options>
archive() {
    # The options have no spaces in them.
    # shellcheck disable=SC2086
    docker run --rm $2 "${NGINX_IMAGE:-nginx:1.28}" tar -cz -C /backup . >"$1.new"
    mv "$1.new" "$1"
    echo "backup: made $1"
}

# nginx goes on: clients get 502, and keep their logins.
trap 'docker compose start redis auth-server resource-server' EXIT
docker compose stop auth-server resource-server redis
archive "$keys/taiga-mcp-keys-$date.tgz" "$(volumes no)"
archive "$data/taiga-mcp-data-$date.tgz" "$(volumes yes)"
