#!/bin/bash
# What Orca says at a stop of a tour: scripts/listen.sh ADDRESS FRAGMENT. Needs Debian's orca, xvfb, at-spi2-core and dbus.
set -euo pipefail
if [ -z "${HERITAGE_LISTENING:-}" ]; then
  HERITAGE_LISTENING=1 exec dbus-run-session -- "$0" "$@"
fi
cd "$(dirname "$0")/.."
HOME=$(mktemp -d)
export HOME DISPLAY=:97 XDG_RUNTIME_DIR=$HOME ACCESSIBILITY_ENABLED=1
started=()
trap 'kill "${started[@]}" 2>/dev/null; rm -rf "$HOME"' EXIT
start() {
  "$@" >/dev/null 2>&1 &
  started+=($!)
  sleep 2
}
start Xvfb $DISPLAY -screen 0 1200x800x24
start /usr/libexec/at-spi-bus-launcher --launch-immediately
for asked in IsEnabled ScreenReaderEnabled; do
  gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus \
    --method org.freedesktop.DBus.Properties.Set org.a11y.Status $asked "<true>" >/dev/null
done
start orca --replace --debug-file="$HOME/orca.log"
sleep 6
node scripts/listen.mjs "$@"
sed -n "s/.*SPEECH OUTPUT: '\(.*\)'{.*/\1/p" "$HOME/orca.log"
