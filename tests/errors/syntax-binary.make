# A binary file.
head -c 4096 /bin/true
