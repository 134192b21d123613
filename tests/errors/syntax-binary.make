# A binary file.
printf '\177ELF\2\1\1\0\0\342\3\0>\0\1\0\n\200\377'
