// Causes of delay: the one list that waiting, accounting for delay and counterfactuals share.
#ifndef BASE_CAUSE_H
#define BASE_CAUSE_H

// enum word, name in output, meaning
#define CAUSE_LIST(X)                                                                    \
  X(CAUSE_MONEY, "money", "funds, pledges, loans or a covenant did not allow it")        \
  X(CAUSE_CONSENT, "consent", "parties had not agreed")                                  \
  X(CAUSE_PERMIT, "permit", "an authority had not allowed it")                           \
  X(CAUSE_GRID, "grid", "the utility connection or its transformers were not there")     \
  X(CAUSE_GENERATION, "generation", "on-site generation was not there")                  \
  X(CAUSE_SHELL, "shell", "land, civil works or the shell took longer")                  \
  X(CAUSE_COOLING, "cooling", "the cooling plant took longer or failed")                 \
  X(CAUSE_CHIPS, "chips", "accelerators were not delivered")                             \
  X(CAUSE_CREWS, "crews", "no crew was free")                                            \
  X(CAUSE_DEMAND, "demand", "nobody wanted the capacity")                                \
  X(CAUSE_WORK, "work", "electrical work, fit-out or commissioning took longer")

#define CAUSE_ENUM(code, word, meaning) code,
typedef enum cause { CAUSE_LIST(CAUSE_ENUM) CAUSE_COUNT } cause;
#undef CAUSE_ENUM
enum { CAUSE_NONE = -1 };

const char *cause_word(int c);     // "grid"; "none" for CAUSE_NONE
const char *cause_meaning(int c);  // one line

#define CAUSE_WORDS "money|consent|permit|grid|generation|shell|cooling|chips|crews|demand|work"  // for FIELD_CHOICE

#endif
