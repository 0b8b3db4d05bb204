#!/usr/bin/env bash
# Runs the store contract on PostgreSQL 15, the oldest we support (`npm run test:pg15`), in a throwaway cluster on a
# free loopback port. As root it installs Debian's postgresql-15 where that is missing. Arguments go to vitest.
set -euo pipefail

bin=/usr/lib/postgresql/15/bin
suites=(test/contract/ test/storage/)

if [ ! -x "$bin/postgres" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "PostgreSQL 15 is not in $bin; install Debian's postgresql-15, or run this as root where apt-get is" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends postgresql-15
fi

# PostgreSQL refuses to run as root.
as_server=()
if [ "$(id -u)" -eq 0 ]; then
  as_server=(setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent)
fi

cluster=$(mktemp -d /tmp/headwater-pg15.XXXXXX)
server=
finish() {
  if [ -n "$server" ]; then
    kill -QUIT "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$cluster"
}
trap finish EXIT
trap 'exit 143' INT TERM HUP

password=$(node -p 'require("node:crypto").randomBytes(16).toString("hex")')
printf '%s\n' "$password" >"$cluster/password"
if [ "$(id -u)" -eq 0 ]; then chown -R nobody:nogroup "$cluster"; fi

touch "$cluster/log"
cd "$cluster" # a folder the server's user may enter
"${as_server[@]}" "$bin/initdb" -D "$cluster/data" -U headwater --pwfile="$cluster/password" \
  --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >/dev/null

# Nothing in it outlives the run, so it may forget what a power cut would take.
cat >>"$cluster/data/postgresql.conf" <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = '$cluster'
max_connections = 200
fsync = off
synchronous_commit = off
full_page_writes = off
log_connections = on
SETTINGS

# Waits for the server to answer; fails when it ended instead.
is_up() {
  for _ in $(seq 100); do
    if ! kill -0 "$server" 2>/dev/null; then return 1; fi
    if "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" -t 1; then return 0; fi
    sleep 0.1
  done
  return 1
}

# It runs as our child, so that whatever ends us can end it. A free port can be taken by somebody else before the
# server has it: ask again then.
for _ in 1 2 3 4 5; do
  port=$(node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  "${as_server[@]}" "$bin/postgres" -D "$cluster/data" -p "$port" >>"$cluster/log" 2>&1 &
  server=$!
  if is_up; then break; fi
  kill -QUIT "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=
done
if [ -z "$server" ]; then
  echo 'PostgreSQL 15 did not start' >&2
  cat "$cluster/log" >&2
  exit 1
fi
cd "$OLDPWD"

"$bin/postgres" --version
status=0
TEST_DATABASE_URL="postgres://headwater:$password@127.0.0.1:$port/postgres" \
  vitest run --config test/vitest.config.ts "${suites[@]}" "$@" || status=$?

# A run that went to another database would pass and prove nothing.
if ! grep -q 'connection authorized: user=headwater' "$cluster/log"; then
  echo 'no test connected to PostgreSQL 15' >&2
  exit 1
fi
exit "$status"
