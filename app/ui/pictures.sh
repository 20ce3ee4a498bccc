#!/usr/bin/env bash
# The pictures of the book and the README, into docs/src/pictures: photographs of screens (`make screenshots` takes them), with so few
# colours that a repository bears them. Owns which, and in which look. Needs ImageMagick.
set -euo pipefail
cd "$(dirname "$0")/../.."
most_bytes=$((150 * 1024))
command -v convert >/dev/null || { echo "pictures: ImageMagick is missing: apt-get install imagemagick" >&2; exit 1; }
mkdir -p docs/src/pictures
for look in \
  first-run-start.fr.light \
  import-trial.fr.light \
  inbox.fr.light \
  list.fr.light \
  record-overtaken.fr.light \
  sync.en.dark \
  stock-availability.en.dark \
  stock-receive.en.dark \
  stock-rights.fr.light \
  stock-transfers.fr.light; do
  from=app/ui/screenshots/$look.png to=docs/src/pictures/${look%%.*}.png
  [ -f "$from" ] || { echo "pictures: $from is not there: run make screenshots first" >&2; exit 1; }
  convert "$from" -strip +dither -colors 96 -define png:compression-level=9 "PNG8:$to"
  [ "$(stat -c %s "$to")" -le $most_bytes ] || { echo "pictures: $to is larger than $most_bytes bytes" >&2; exit 1; }
done
