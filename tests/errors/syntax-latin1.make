# A file in Latin-1.
printf 'programme: Caf\xe9\nas_of: 2025-01-21\n'
