#!/bin/sh
# The tests walk through the pages in a real browser: the system's Chromium, else Playwright's own.
cd "$(dirname "$0")/.." || exit 1
python=.venv/bin/python
have() { "$python" -m tests.browser.chromium >/dev/null 2>&1; }
have && exit 0
[ -n "$CLOSEOUT_CHROMIUM" ] && { echo "The browser that CLOSEOUT_CHROMIUM names, $CLOSEOUT_CHROMIUM, does not start. Name another one, or unset it, then try again." >&2; exit 1; }
echo "A browser is missing; asking the system's package manager for Chromium." >&2
as_root=""
[ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root="sudo -n"; }
if [ "$(id -u)" -eq 0 ] || [ -n "$as_root" ]; then
    if command -v apt-get >/dev/null 2>&1; then
        # Ubuntu's package of that name only points to a snap, so what is installed is tried again below.
        $as_root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq chromium fonts-dejavu-core >/dev/null
    elif command -v dnf >/dev/null 2>&1; then
        $as_root dnf install -y -q chromium
    elif command -v apk >/dev/null 2>&1; then
        $as_root apk add -q chromium
    fi
fi
have && exit 0
echo "Asking Playwright for its own." >&2
"$python" -m playwright install chromium >&2
have && exit 0
echo "The tests need a browser, and none could be had. Install Chromium (Debian: apt-get install chromium; elsewhere: .venv/bin/playwright install --with-deps chromium), or name one in CLOSEOUT_CHROMIUM, then try again." >&2
exit 1
