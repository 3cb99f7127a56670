#!/bin/sh
# Installs the Debian packages that the tests use, when one is missing: as root, or by `sudo -n`.
# Without either it prints the line to run and fails. Quick when everything is there. Arguments name other packages in their place.
set -eu

packages='busybox chromium curl dnsmasq-base fonts-noto-cjk hostapd influxdb iproute2 iputils-ping libfaketime mosquitto-clients nftables nmap openssl procps radvd socat systemd victoria-metrics'

[ $# -eq 0 ] || packages="$*"

missing=''
for package in $packages; do
  status=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null) || status='absent'
  [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install --yes --no-install-recommends$missing"
if ! command -v apt-get >/dev/null; then
  echo "These are needed, and Debian has them:$missing" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=''
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root='sudo -n'
else
  echo 'Debian packages that are needed are missing here. As root, run:' >&2
  echo "  apt-get update && $install" >&2
  exit 1
fi

echo "Installing from Debian:$missing"
# shellcheck disable=SC2086 # The words of both variables are meant to be split.
$as_root apt-get update --quiet
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive $install
