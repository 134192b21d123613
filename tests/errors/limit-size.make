# A file of 50 MB.
head -c 50000000 /dev/zero | tr '\0' '#'
