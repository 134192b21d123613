# Too many parties.
printf 'programme: Test\nas_of: 2025-01-21\nhorizon: 3 years\nparties:\n'; for i in $(seq 400); do printf '  P%d: {role: owner, cash: $1B}\n' $i; done; printf 'campuses:\n  mesa: {works_start: 2025-03, buildings: {count: 1, it: 35 MW}}\n'
