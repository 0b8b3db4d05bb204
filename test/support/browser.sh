#!/usr/bin/env bash
# Runs the tests in a real browser (`npm run test:browser`), Debian's chromium. As root it installs that where it is
# missing; CHROMIUM names another one. Arguments go to vitest.
set -euo pipefail

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}

if [ ! -x "$CHROMIUM" ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "there is no browser at $CHROMIUM; install Debian's chromium, or run this as root where apt-get is" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium
fi

exec vitest run --config test/browser/vitest.config.ts "$@"
