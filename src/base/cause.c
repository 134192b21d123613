// Causes of delay: words and meanings.
#include "cause.h"

#include <stddef.h>

#define CAUSE_ROW(code, word, meaning) {word, meaning},
static const struct { const char *word, *meaning; } cause_rows[CAUSE_COUNT] = {CAUSE_LIST(CAUSE_ROW)};
#undef CAUSE_ROW

const char *cause_word(int c) { return c >= 0 && c < CAUSE_COUNT ? cause_rows[c].word : "none"; }

const char *cause_meaning(int c) { return c >= 0 && c < CAUSE_COUNT ? cause_rows[c].meaning : "nothing held it up"; }
