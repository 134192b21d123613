# A file in UTF-16.
printf '\xff\xfep\0r\0o\0g\0r\0a\0m\0m\0e\0:\0 \0T\0\n\0'
