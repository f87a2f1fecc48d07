#!/bin/sh
# The tests run on a real PostgreSQL. They start a throw-away cluster of their own; this brings its programs.
[ -n "$DATABASE_URL" ] && exit 0
have() {
    command -v initdb >/dev/null 2>&1 && command -v postgres >/dev/null 2>&1 && return 0
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
    done
    return 1
}
have && exit 0
echo "PostgreSQL is missing; asking the system's package manager for it." >&2
as_root=""
[ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"; }
if [ "$(id -u)" -eq 0 ] || [ -n "$as_root" ]; then
    if command -v apt-get >/dev/null 2>&1; then
        $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq postgresql >/dev/null
    elif command -v dnf >/dev/null 2>&1; then
        $as_root dnf install -y -q postgresql-server
    elif command -v apk >/dev/null 2>&1; then
        $as_root apk add -q postgresql
    fi
elif command -v brew >/dev/null 2>&1; then
    brew install --quiet postgresql@16
fi
have && exit 0
echo "The tests need PostgreSQL 14 or newer. Install it (Debian, Ubuntu: apt-get install postgresql), or set DATABASE_URL to a server that the tests may use, then try again." >&2
exit 1
