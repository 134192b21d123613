# 100,000 brackets.
printf 'programme: '; head -c 100000 /dev/zero | tr '\0' '['; echo
