// Tests of packed.c: plain and packed files give the same bytes; what is cut short, missing or a folder is said.
#define _POSIX_C_SOURCE 200809L
#include "packed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "../../tests/test.h"

enum { BYTES = 300000 };

static char folder[] = "/tmp/packed-XXXXXX", path[64];

static void enter(void) {
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/file", folder);
}

static void leave(void) {
  (void)unlink(path);
  (void)rmdir(folder);
}

// Text that does not pack to nothing.
static void fill(char *at, size_t n) {
  unsigned x = 1;
  for (size_t i = 0; i < n; i++) at[i] = (char)(' ' + ((x = 1664525u * x + 1013904223u) >> 24) % 90);
}

static void write_plain(const char *at, size_t n) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(at, 1, n, f), n);
  ck_assert_int_eq(fclose(f), 0);
}

static void write_packed(const char *at, size_t n) {
  gzFile f = gzopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  if (n) ck_assert_int_eq(gzwrite(f, at, (unsigned)n), (int)n);
  ck_assert_int_eq(gzclose(f), Z_OK);
}

static const struct {
  const char *what;
  size_t      bytes;
  bool        packed;
} rows[] = {
    {"plain",          BYTES, false},
    {"packed",         BYTES, true },
    {"one byte",       1,     false},
    {"packed byte",    1,     true },
    {"nothing",        0,     false},
    {"packed nothing", 0,     true },
};

START_TEST(bytes_are_those_that_were_written) {
  static char text[BYTES], got[BYTES + 1];
  fill(text, sizeof text);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char       why[FILES_WHY];
    files_text all;
    (rows[i].packed ? write_packed : write_plain)(text, rows[i].bytes);
    ck_assert_msg(packed_read_all(path, BYTES, &all, why), "%s: %s", rows[i].what, why);
    ck_assert_msg(all.n == rows[i].bytes && !memcmp(all.at, text, all.n), "%s", rows[i].what);
    ck_assert_int_eq(all.at[all.n], '\0');
    free(all.at);
    packed *file = packed_open(path, why);  // and in pieces of 7 bytes
    size_t  n = 0;
    int64_t more;
    while (n < 700 && (more = packed_read(file, got + n, 7)) > 0) n += (size_t)more;
    packed_close(file);
    ck_assert_msg(n == (rows[i].bytes < 700 ? rows[i].bytes : 700) && !memcmp(got, text, n), "%s", rows[i].what);
  }
}
END_TEST

START_TEST(no_more_is_read_than_one_byte_beyond_the_limit) {
  static char text[BYTES];
  char        why[FILES_WHY];
  files_text  all;
  fill(text, sizeof text);
  write_packed(text, BYTES);
  ck_assert_msg(packed_read_all(path, 1000, &all, why), "%s", why);
  ck_assert_uint_gt(all.n, 1000);  // so that the caller sees that it is passed
  ck_assert_int_eq(memcmp(all.at, text, 1000), 0);
  free(all.at);
}
END_TEST

START_TEST(a_file_cut_short_is_an_error) {
  static char text[BYTES], packed_text[BYTES];
  char        why[FILES_WHY];
  files_text  all;
  fill(text, sizeof text);
  write_packed(text, BYTES);
  FILE        *f = fopen(path, "rb");
  const size_t n = fread(packed_text, 1, sizeof packed_text, f);
  fclose(f);
  ck_assert_uint_gt(n, 1000);
  for (size_t kept = n / 2; kept < n; kept += n / 2 - 20) {  // in the data, and in the check sum behind it
    write_plain(packed_text, kept);
    ck_assert_msg(!packed_read_all(path, BYTES, &all, why), "%zu of %zu bytes", kept, n);
    ck_assert_ptr_nonnull(strstr(why, "cut short"));
    ck_assert_ptr_null(all.at);
  }
}
END_TEST

START_TEST(what_cannot_be_opened_is_said) {
  char why[FILES_WHY];
  ck_assert_ptr_null(packed_open(path, why));
  ck_assert_ptr_nonnull(strstr(why, "No such file"));
  ck_assert_ptr_null(packed_open(folder, why));
  ck_assert_ptr_nonnull(strstr(why, "is a directory"));
  packed_close(NULL);
}
END_TEST

int main(void) {
  const TTest *tests[] = {bytes_are_those_that_were_written, no_more_is_read_than_one_byte_beyond_the_limit,
                          a_file_cut_short_is_an_error, what_cannot_be_opened_is_said};
  Suite       *suite = suite_create("packed");
  TCase       *all = tcase_create("packed");
  tcase_add_checked_fixture(all, enter, leave);
  for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) tcase_add_test(all, tests[i]);
  suite_add_tcase(suite, all);
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
