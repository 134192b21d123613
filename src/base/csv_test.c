// Tests of csv.c.
#include "csv.h"

#include <string.h>

#include "../../tests/test.h"

static csv_table read_text(const char *text, arena *a, sg_diags *d, sg_err want, diag_source *s) {
  csv_table t;
  *s = (diag_source){"t.csv", text, strlen(text)};
  diag_init(d);
  sg_err err = csv_read(s, a, d, &t);
  ck_assert_msg(err == want, "%s: %d", text, err);
  return t;
}

static const struct {
  const char *what, *text;
  int32_t     columns, rows, row, column, line;
  const char *want;
} field_rows[] = {
    {"plain",             "a,b\n1,2\n",                     2, 1, 0,  1, 2, "2"          },
    {"no line end",       "a,b\n1,2",                       2, 1, 0,  1, 2, "2"          },
    {"CRLF",              "a,b\r\n1,2\r\n3,4\r\n",          2, 2, 1,  1, 3, "4"          },
    {"byte order mark",
     "\xef\xbb\xbf"
     "a,b\n1,2\n",                                          2, 1, 0,  0, 2, "1"          },
    {"blank lines",       "\n a , b\n\n  \n 1 ,2\n\n",      2, 1, 0,  0, 5, "1"          },
    {"quoted comma",      "a,b\n\"1,5\",2\n",               2, 1, 0,  0, 2, "1,5"        },
    {"doubled quotes",    "a,b\n\"say \"\"yes\"\"\",2\n",   2, 1, 0,  0, 2, "say \"yes\""},
    {"line break inside", "a,b\n\"x\ny\",2\n3,4\n",         2, 2, 1,  1, 4, "4"          },
    {"quoted, CRLF",      "\"a\",\"b\"\r\n\"1\",\"2\"\r\n", 2, 1, 0,  1, 2, "2"          },
    {"empty field",       "a,b,c\n1,,3\n",                  3, 1, 0,  1, 2, ""           },
    {"too short",         "a,b,c\n1\n",                     3, 1, 0,  2, 2, ""           },
    {"trailing comma",    "a,b\n1,\n",                      2, 1, 0,  1, 2, ""           },
    {"head alone",        "a,b",                            2, 0, -1, 0, 0, NULL         },
};

START_TEST(reads_fields) {
  for (size_t i = 0; i < sizeof field_rows / sizeof field_rows[0]; i++) {
    sg_diags    d;
    diag_source s;
    arena      *a = arena_create();
    csv_table   t = read_text(field_rows[i].text, a, &d, SG_OK, &s);
    ck_assert_msg(t.n_column == field_rows[i].columns && t.n_row == field_rows[i].rows, "%s", field_rows[i].what);
    ck_assert_int_eq(csv_column(&t, "b"), 1);
    ck_assert_int_eq(csv_column(&t, "z"), -1);
    if (field_rows[i].want) {
      text_slice got = csv_field(&t, field_rows[i].row, field_rows[i].column);
      ck_assert_msg(text_equal(got, field_rows[i].want), "%s: '%.*s'", field_rows[i].what, (int)got.n, got.at);
      ck_assert_msg(t.line[field_rows[i].row] == field_rows[i].line, "%s", field_rows[i].what);
    }
    ck_assert_uint_eq(d.n, 0);
    arena_free(a);
  }
}
END_TEST

static const struct {
  const char *what, *text;
  sg_err      want;
  int32_t     line, column;
} broken_rows[] = {
    {"empty",               "",                       SG_ERR_KEY,    1, 1},
    {"blank",               " \n\r\n",                SG_ERR_KEY,    1, 1},
    {"never closed",        "a,b\n1,2\n3,\"4\n5,6\n", SG_ERR_SYNTAX, 3, 3},
    {"text behind a quote", "a,b\n\"1\"x,2\n",        SG_ERR_SYNTAX, 2, 4},
    {"a column twice",      "a,b,a\n1,2,3\n",         SG_ERR_KEY,    1, 5},
};

START_TEST(says_where_it_is_broken) {
  for (size_t i = 0; i < sizeof broken_rows / sizeof broken_rows[0]; i++) {
    sg_diags    d;
    diag_source s;
    arena      *a = arena_create();
    read_text(broken_rows[i].text, a, &d, broken_rows[i].want, &s);
    ck_assert_msg(d.n == 1 && d.item[0].line == broken_rows[i].line && d.item[0].column == broken_rows[i].column,
                  "%s: %zu findings, %d:%d", broken_rows[i].what, d.n, d.item[0].line, d.item[0].column);
    arena_free(a);
  }
}
END_TEST

START_TEST(places_are_those_of_the_field) {
  sg_diags    d;
  diag_source s;
  arena      *a = arena_create();
  csv_table   t = read_text("name,value\n\xc3\xa9t\xc3\xa9,\"12\"\nx\n", a, &d, SG_OK, &s);
  diag_place  p = csv_place(&t, 0, 1), head = csv_place(&t, -1, 1), line = csv_place(&t, 1, 1);
  ck_assert_int_eq(p.line, 2);
  ck_assert_int_eq(p.column, 6);  // counted in characters, behind the quote
  ck_assert_int_eq(p.span, 2);
  ck_assert_int_eq(head.line, 1);
  ck_assert_int_eq(head.column, 6);
  ck_assert_int_eq(line.line, 3);
  ck_assert_int_eq(csv_row_fields(&t, 1), 1);
  arena_free(a);
}
END_TEST

TEST_LIST("csv", reads_fields, says_where_it_is_broken, places_are_those_of_the_field)
