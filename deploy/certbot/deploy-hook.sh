#!/bin/sh
# Certbot runs this after it has obtained or renewed the certificate. It installs the certificate for
# nginx, owned by the user that nginx runs as, and reloads nginx without dropping a connection.
# Usage: certbot ... --deploy-hook '/path/to/deploy/certbot/deploy-hook.sh /path/to/tls'
set -eu
target=$1
cd "$(dirname "$0")/../.."

for name in privkey.pem fullchain.pem; do
    install -o 1000 -g 1000 -m 400 "$RENEWED_LINEAGE/$name" "$target/$name.new"
    mv "$target/$name.new" "$target/$name"
done
# nginx is not running yet when the first certificate arrives.
if [ -n "$(docker compose ps --quiet nginx)" ]; then
    docker compose kill --signal HUP nginx
fi
