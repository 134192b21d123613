# A mistake far to the right in a very long line.
printf 'programme: Test\nas_of: 2025-01-21\nparties: {'; for i in $(seq 400); do printf 'P%d: {role: owner, cash: $1B}, ' $i; done; printf 'Last: {role: owner, cahs: $1B}}\n'; printf 'campuses:\n  mesa: {works_start: 2025-03, buildings: {count: 1, it: 35 MW}}\n'
