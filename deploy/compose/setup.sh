#!/bin/sh
# Creates what an installation needs before its first start: a master key, the resource server's
# secret, Redis users and, on localhost, a certificate. Existing files stay as they are.
set -eu
umask 077

SERVICES=1000:1000 # the user that all containers run as
RENEW_SECONDS=2592000

# secret <file>: 32 random bytes as base64url.
secret() {
    [ -s "$1" ] && return
    openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n' >"$1.new"
    publish "$1.new" "$1" 400
    echo "setup: made $1"
}

# publish <from> <to> <mode>: the file appears complete, and readable by the services.
publish() {
    chmod "$3" "$1"
    chown "$SERVICES" "$1"
    mv "$1" "$2"
}

# store_password <file>: a password of a Redis user, and its SHA-256 beside it. This container may
# not read the password again.
store_password() {
    [ -s "$1" ] && [ -s "$1.sha256" ] && return
    openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n' >"$1.new"
    openssl dgst -sha256 -r <"$1.new" | cut -d ' ' -f 1 >"$1.sha256"
    publish "$1.new" "$1" 400
    echo "setup: made $1"
}

# redis_users <password files of operator, auth-server, resource-server>: Redis gets their hashes.
redis_users() {
    sed -e "s/#OPERATOR/#$(cat "$1.sha256")/" -e "s/#AUTH_SERVER/#$(cat "$2.sha256")/" \
        -e "s/#RESOURCE_SERVER/#$(cat "$3.sha256")/" /users.acl >/redis-users/users.acl.new
    # Redis runs as a user of its own, and nothing but Redis mounts this volume.
    publish /redis-users/users.acl.new /redis-users/users.acl 444
}

host_of() {
    authority=${1#*://}
    authority=${authority%%/*}
    echo "${authority%:*}"
}

is_local() {
    case $1 in localhost | 127.* | "[::1]") return 0 ;; *) return 1 ;; esac
}

# good_for <certificate> <seconds>
good_for() {
    [ -s "$1" ] && openssl x509 -checkend "$2" -noout -in "$1" >/dev/null
}

# A certificate authority for this installation only. Name constraints restrict it to this machine, so
# trusting it is safe (RFC 5280 section 4.2.1.10). Its key stays in a volume that no running service
# mounts.
make_authority() {
    cat >/tmp/ca.cnf <<CONFIG
[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = Taiga MCP development authority $(date +%F)
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical, permitted;DNS:localhost, permitted;IP:127.0.0.0/255.0.0.0, permitted;IP:0:0:0:0:0:0:0:1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
CONFIG
    openssl req -x509 -config /tmp/ca.cnf -days 3650 -nodes \
        -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout /ca/ca.key -out /ca/ca.crt 2>/dev/null
}

# The names of the certificate. Claude Code refuses a certificate with IP addresses when its authority
# has name constraints for addresses: one is in it only if people reach the services by it.
names_of() {
    names=DNS:localhost
    for host in "$@"; do
        case $host in
        127.*) name=IP:$host ;;
        "[::1]") name=IP:::1 ;;
        *) continue ;;
        esac
        case $names in *"$name") ;; *) names="$names, $name" ;; esac
    done
    echo "$names"
}

# is_for <names>: whether the certificate was made for these names.
is_for() {
    [ "$(cat /ca/names 2>/dev/null)" = "$1" ]
}

# make_certificate <names>
make_certificate() {
    cat >/tmp/leaf.cnf <<CONFIG
[req]
distinguished_name = name
x509_extensions = server
prompt = no
[name]
CN = localhost
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = $1
authorityKeyIdentifier = keyid
CONFIG
    openssl req -x509 -config /tmp/leaf.cnf -days 397 -nodes -CA /ca/ca.crt -CAkey /ca/ca.key \
        -newkey ec -pkeyopt ec_paramgen_curve:P-256 -keyout /tmp/privkey.pem -out /tmp/fullchain.pem 2>/dev/null
    cp /ca/ca.crt /tmp/ca.crt
    # Copy first: a rename is atomic only within one volume.
    for name in privkey.pem fullchain.pem ca.crt; do cp "/tmp/$name" "/tls/$name.new"; done
    publish /tls/privkey.pem.new /tls/privkey.pem 400
    publish /tls/fullchain.pem.new /tls/fullchain.pem 444
    publish /tls/ca.crt.new /tls/ca.crt 444
    echo "$1" >/ca/names
    echo "setup: made a certificate for localhost, valid for 397 days"
}

secret /auth-secrets/master-key
secret /shared-secrets/rs-client-secret
store_password /operator-secrets/store-password
store_password /auth-secrets/store-password
store_password /resource-secrets/store-password
redis_users /operator-secrets/store-password /auth-secrets/store-password /resource-secrets/store-password

if [ -n "${TLS_ELSEWHERE:-}" ]; then
    echo "setup: all is in place; another proxy provides the certificates."
    exit 0
fi

auth_host=$(host_of "${ISSUER:-$PUBLIC_URL}")
mcp_host=$(host_of "${MCP_URL:-$PUBLIC_URL}")
if ! is_local "$auth_host" || ! is_local "$mcp_host"; then
    if [ ! -s /tls/fullchain.pem ] || [ ! -s /tls/privkey.pem ] || [ -e /tls/ca.crt ]; then
        echo "setup: $auth_host needs a certificate of its own: set TLS_DIR to a folder with fullchain.pem and privkey.pem, readable by user 1000 (docs/deployment.md)." >&2
        exit 1
    fi
    echo "setup: all is in place."
    exit 0
fi

# A certificate without this authority next to it is the operator's own.
if [ -e /tls/ca.crt ] || [ ! -e /tls/fullchain.pem ]; then
    good_for /ca/ca.crt "$RENEW_SECONDS" || make_authority
    names=$(names_of "$auth_host" "$mcp_host")
    if ! good_for /tls/fullchain.pem "$RENEW_SECONDS" || ! cmp -s /ca/ca.crt /tls/ca.crt || ! is_for "$names"; then
        make_certificate "$names"
    fi
    cat <<TEXT
setup: all is in place for ${MCP_URL:-$PUBLIC_URL/mcp}
setup: To make Claude Code trust the certificate, run this in the shell that you start it from:
setup:   docker compose cp nginx:/etc/nginx/tls/ca.crt ~/taiga-mcp-ca.crt
setup:   export NODE_EXTRA_CA_CERTS=~/taiga-mcp-ca.crt
setup:   claude mcp add --transport http taiga ${MCP_URL:-$PUBLIC_URL/mcp}
TEXT
fi
