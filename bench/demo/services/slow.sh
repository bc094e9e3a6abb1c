#!/bin/sh
# A quiet program: one line every two seconds, and now and then a prompt without a line end.
count=0
while :; do
  count=$((count + 1))
  echo "tick $count"
  if [ $((count % 5)) -eq 0 ]; then
    printf 'continue? [y/N] '
    sleep 2
    echo 'no answer, going on'
  fi
  sleep 2
done
