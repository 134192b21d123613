# A NUL byte.
printf 'programme: Test\nas_of: 2025\0-01-21\n'
