// Run as one HTML file, and the files of the front end that are built into the library.
//
// The file is web/'s report with a title, the promises as plain text for where no script runs, and the run's JSON on
// one line, as gzip in base64. It asks for nothing else: its policy allows no connection.
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "../twin/ensemble.h"

// Adds the text to *out; false: out of memory.
bool report_html(const twin_ensemble *e, text_buffer *out);

// A file of the front end: "index.html", "app.js", "app.css", "favicon.svg", "report.html" (with its places still empty).
// at: (n) bytes, not owned, and a NUL behind them; type: for an HTTP header, of UTF-8 text. False: there is none of that name.
bool report_asset(const char *name, const unsigned char **at, size_t *n, const char **type);

#endif
