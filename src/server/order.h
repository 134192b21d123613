// Orders: what the bodies of requests ask for, read from JSON (RFC 8259, by jansson).
#ifndef SERVER_ORDER_H
#define SERVER_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"
#include "request.h"

enum { ORDER_SETS_MAX = 1000, ORDER_SCENARIOS_MAX = 1000000, ORDER_PAGE = 64 };

// {yaml, set: [{path, value}], seed, scenarios, without, page}
typedef struct order {
  const char *yaml;
  size_t      n_yaml;
  sg_set     *set;  // (n_set)
  size_t      n_set;
  uint64_t    seed;       // a number, or a string of digits; as sg_run_opts_default() where it is not given, and so on
  uint32_t    scenarios;  // 1 .. ORDER_SCENARIOS_MAX
  int         without;
  char        page[ORDER_PAGE + 1];  // of two runs with the same word the newer ends the older; "": ends none
  void       *root;                  // the JSON that the texts above stand in
} order;

// False: *error says why, *hint may be NULL. Keys that nobody knows are mistakes. order_free in either case.
bool order_read(const char *body, size_t n, order *out, const char **error, const char **hint);
void order_free(order *o);

// {kind, id, name}; the name is not looked at: nobody but the server names files.
typedef struct order_save {
  request_file file;
  uint64_t     run;
} order_save;
bool order_read_save(const char *body, size_t n, order_save *out, const char **error, const char **hint);

#endif
