// Inside of `explain`: what its files share. Not for other modules.
//
// explain.c walks paths; explain_fields.c describes classes and fields; explain_outputs.c outputs and distributions;
// explain_catalogue.c rows of the built-in catalogue.
#ifndef PROGRAMME_EXPLAIN_PARTS_H
#define PROGRAMME_EXPLAIN_PARTS_H

#include "explain.h"
#include "explain_page.h"
#include "catalogue.h"

enum { EXPLAIN_PARTS_MAX = 24, EXPLAIN_PATH_BYTES = 512 };

typedef struct explainer {
  programme_classes       classes;
  const programme_metric *metric;  // (n_metric)
  size_t                  n_metric;
  explain_page            page;
  arena                  *a;                        // of the catalogue, and of texts
  programme_catalogue     files;
} explainer;

// A printf into the explainer's arena; "" when memory ran out.
const char *explain_text(const explainer *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

// A meaning as a sentence: capital letter, full stop.
const char *explain_sentence(const explainer *e, const char *meaning);

int              explain_class_of(const explainer *e, const field_row *field);  // class of children and references; -1
const field_row *explain_field_named(const class_row *class, const char *key);
bool             explain_can_copy(const class_row *class);

// "campuses.NAME.grid.NAME"; "" for the top, "(nowhere)" for what no file can hold.
const char *explain_where(const explainer *e, int class);
const char *explain_shown_name(const class_row *class);  // plural, or the name of what has none

void explain_overview(const explainer *e);
void explain_class(const explainer *e, int class);
void explain_field(const explainer *e, int class, const field_row *field);
void explain_common(const explainer *e, int class, const char *key);
void explain_same_key(const explainer *e, const char *key);  // every field and output of that name
bool explain_is_key(const explainer *e, const char *key);    // there is one

void                    explain_metrics(const explainer *e);
void                    explain_metric(const explainer *e, const programme_metric *m);
const programme_metric *explain_metric_named(const explainer *e, const char *const *part, size_t n);  // NULL: none
void                    explain_distributions(const explainer *e);

// "quantity in MW", "fraction", "date", "name from `parties`", ...; "0 W or more", "" where anything goes; "required" or
// "default 10 years", "" where it stays unset.
const char *explain_kind(const explainer *e, const field_row *field);
const char *explain_range(const explainer *e, const field_row *field);
const char *explain_default(const explainer *e, const field_row *field);

sg_err           explain_catalogue_open(explainer *e);  // fills files
const spec_node *explain_catalogue_node(const explainer *e, const char *const *part, size_t n);  // NULL: none
size_t           explain_catalogue_names(const explainer *e, const char *plural, const char **name, size_t capacity);
void             explain_row(const explainer *e, int class, const char *path, const spec_node *row);
void             explain_value_of_row(const explainer *e, const char *path, const spec_node *value);
void             explain_base_rates(const explainer *e, const char *name);  // NULL: all

#endif
