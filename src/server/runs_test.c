#define _POSIX_C_SOURCE 200809L
#include "runs.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../tests/test.h"

static sg_model *load(const order *o) {
  static const char text[] =
      "programme: small\nas_of: 2025-01-21\nhorizon: 3 years\n"
      "parties: {Owner: {role: owner, cash: $2B}}\n"
      "campuses:\n  a: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: "
      "[Owner],\n"
      "      buildings: {count: 1, type: hyperscale-liquid, it: 20 MW}, grid: {limit: 40 MW, from: 2026-01 to "
      "2026-09}}\n"
      "promises: {on: {says: it is on, metric: campus.a.buildings, at_least: 1, by: 2027-06}}\n";
  sg_input  in = {"small.yaml", text, sizeof text - 1};
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_model *model = NULL;
  ck_assert(diags != NULL);
  sg_err err = sg_model_load(&in, o->set, o->n_set, diags, &model);
  ck_assert_msg(!err, "%s: %s", diags->n ? diags->item[0].message : "", diags->n ? diags->item[0].excerpt : "");
  free(diags);
  return model;
}

// 0: there was no room.
static uint64_t begin(runs *all, const char *page, const char *body) {
  order       o;
  const char *error = NULL, *hint = NULL;
  ck_assert_msg(order_read(body, strlen(body), &o, &error, &hint), "%s", error);
  run     *r = runs_reserve(all, page);
  uint64_t id = r ? run_id(r) : 0;
  if (r) {
    ck_assert(runs_begin(all, r, &o, load(&o)));
    runs_release(all, r);
  }
  order_free(&o);
  return id;
}

// Listens to the end; returns what it was, and how many results there were.
static run_event_kind hear(runs *all, uint64_t id, int *results) {
  run      *r = runs_find(all, id);
  run_told  told = {0};
  run_event e = {0};
  *results = 0;
  ck_assert(r && runs_listen(all, r));
  while (e.kind <= RUN_RESULT) {
    e = runs_next(all, r, &told, 0.05);
    if (!e.document) continue;
    size_t      n;
    const char *at = runs_document_text(e.document, &n);
    ck_assert(n > 100 && at[0] == '{' && at[n - 1] == '}' && !memchr(at, '\n', n));
    runs_document_release(all, e.document);
    ++*results;
  }
  runs_leave(all, r);
  runs_release(all, r);
  return e.kind;
}

#define ORDER(n) "{\"yaml\":\"\",\"scenarios\":" #n ",\"without\":false}"

START_TEST(runs_to_the_end) {
  runs    *all = runs_create(2);
  int      results;
  uint64_t id = begin(all, "", ORDER(700));
  ck_assert_int_eq(hear(all, id, &results), RUN_DONE);
  ck_assert_int_ge(results, 1);
  ck_assert_int_eq(hear(all, id, &results), RUN_DONE);  // afterwards: the last result, and that it is done
  ck_assert_int_eq(results, 1);
  run *r = runs_find(all, id);
  ck_assert(runs_result(all, r) != NULL && run_order(r)->scenarios == 700);
  runs_release(all, r);
  ck_assert(runs_find(all, id + 1) == NULL);
  runs_free(all);
}
END_TEST

START_TEST(cancels) {
  runs    *all = runs_create(2);
  int      results;
  uint64_t older = begin(all, "page", ORDER(1000000)), other = begin(all, "other", ORDER(1000000));
  uint64_t newer = begin(all, "page", ORDER(1000000));
  ck_assert_int_eq(hear(all, older, &results), RUN_CANCELLED);  // by the newer one
  run *r = runs_find(all, other);
  ck_assert(runs_listen(all, r));
  runs_leave(all, r);  // nobody listens any more
  runs_release(all, r);
  ck_assert_int_eq(hear(all, other, &results), RUN_CANCELLED);
  r = runs_find(all, newer);
  runs_cancel(all, r);
  runs_release(all, r);
  ck_assert_int_eq(hear(all, newer, &results), RUN_CANCELLED);
  runs_free(all);
}
END_TEST

static void *hear_apart(void *user) {
  int results;
  ck_assert_int_eq(hear(user, 1, &results), RUN_CANCELLED);
  return NULL;
}

START_TEST(stops_all_in_the_midst) {
  runs     *all = runs_create(2);
  pthread_t listener[3];
  for (int i = 0; i < RUNS_AT_ONCE; i++) ck_assert(begin(all, "", ORDER(1000000)) != 0);
  ck_assert(begin(all, "", ORDER(10)) == 0);  // no room
  for (int i = 0; i < 3; i++) ck_assert(pthread_create(&listener[i], NULL, hear_apart, all) == 0);
  struct timespec a_moment = {0, 100000000};
  nanosleep(&a_moment, NULL);
  runs_stop(all);
  for (int i = 0; i < 3; i++) pthread_join(listener[i], NULL);
  ck_assert(begin(all, "", ORDER(10)) == 0);
  runs_free(all);
}
END_TEST

START_TEST(keeps_a_few) {
  runs    *all = runs_create(1);
  int      results;
  uint64_t first = begin(all, "", ORDER(10)), last = first;
  ck_assert_int_eq(hear(all, first, &results), RUN_DONE);
  run *held = runs_find(all, first);
  for (int i = 0; i < 3 * RUNS_KEPT; i++) {
    last = begin(all, "", ORDER(10));
    ck_assert(last > first);
    ck_assert_int_eq(hear(all, last, &results), RUN_DONE);
  }
  ck_assert(runs_find(all, first) == NULL);
  ck_assert(runs_result(all, held) != NULL);  // whoever has it may go on
  runs_release(all, held);
  held = runs_find(all, last);
  ck_assert(held != NULL);
  runs_release(all, held);
  runs_free(all);
}
END_TEST

TEST_LIST("runs", runs_to_the_end, cancels, stops_all_in_the_midst, keeps_a_few)
