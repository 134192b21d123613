# More mistakes than are shown.
printf 'programme: Test\nas_of: 2025-01-21\nhorizon: 3 years\nparties:\n'; for i in $(seq 150); do printf '  P%d: {role: owner, cash: lots of it}\n' $i; done
