#!/usr/bin/env bash
# The acceptance tests with each of these programs, Terraform or OpenTofu, and a table of what came of it. FILTER chooses tests.
# What they say is in target/terraforms/. Fails if a test fails, or if a program passes none.
set -euo pipefail
(($#)) || { echo "usage: [FILTER=TESTS] tests/terraforms.sh PATH..." >&2; exit 2; }
mapfile -t programs < <(realpath -e "$@")
(("${#programs[@]}" == $#)) || exit 2
cd "$(dirname "${BASH_SOURCE[0]}")/.."
logs=target/terraforms
mkdir -p "$logs"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset TF_CLI_CONFIG_FILE

cargo test --locked --test acceptance --no-run
table="| program | passed | failed | ignored | seconds |"$'\n'"|---|---|---|---|---|"
failed=0
for program in "${programs[@]}"; do
  rm -rf "$folder/bin"
  mkdir "$folder/bin"
  ln -s "$program" "$folder/bin/terraform"
  name=$("$program" version 2>/dev/null | sed -n '1p')
  name=${name:-$program}
  log="$logs/${name//[\/ ]/-}.log"
  echo "==> $name: $log"
  started=$SECONDS
  PATH=$folder/bin:$PATH cargo test --locked --test acceptance -- ${FILTER:+"$FILTER"} >"$log" 2>&1 || failed=1
  # test result: ok. 1 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 4.56s
  counts=$(sed -nE 's/^test result: .* ([0-9]+) passed; ([0-9]+) failed; ([0-9]+) ignored;.*/\1 | \2 | \3/p' "$log")
  [[ $counts =~ ^[1-9] ]] || failed=1
  sed -n '/^failures:$/,$ s/^    \([a-z_0-9:]*\)$/    failed: \1/p' "$log"
  table+=$'\n'"| $name | ${counts:-– | – | –} | $((SECONDS - started)) |"
done
printf '\n%s\n' "$table"
exit "$failed"
