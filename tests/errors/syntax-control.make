# An escape sequence for the terminal.
printf 'programme: "\033[31mTest"\nas_of: 2025-01-21\n'
