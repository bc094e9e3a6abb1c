#!/bin/sh
# Works for a while, then dies in the middle of a line: the line that is easily lost.
echo "INFO starting, pid $$"
for step in 1 2 3; do
  sleep 2
  echo "INFO step $step of 3 done"
done
echo "ERROR cannot go on: lost the connection to the queue" >&2
printf 'last words without a line end, pid %s' "$$"
exit 1
