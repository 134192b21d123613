// Requests: what a browser asked for, whether it may, and which route that is. No sockets and no state, so that a fuzzer can
// drive it; the rules are those of docs/serve.md#security.
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REQUEST_BODY_MAX = 1 << 20 };  // bytes

typedef struct request_header {
  const char *name, *value;
} request_header;

// A request without its body. Strings are NUL-terminated, as they stood on the wire.
typedef struct request {
  const char           *method, *target;  // "GET", "/api/programme?token=..."
  size_t                n_header;
  const request_header *header;  // (n_header)
} request;

// Whom the server answers.
typedef struct request_rules {
  const char *address;  // that it listens on, besides 127.0.0.1 and localhost; NULL: none
  unsigned    port;
  const char *token;  // NULL: none is asked for
} request_rules;

typedef enum request_route {
  ROUTE_ASSET,
  ROUTE_PROGRAMME,
  ROUTE_SCHEMA,
  ROUTE_CHECK,
  ROUTE_START,
  ROUTE_EVENTS,
  ROUTE_CANCEL,
  ROUTE_FILE,
  ROUTE_SAVE
} request_route;

// What can be had of a run, by download or in the folder of --out.
#define REQUEST_FILE_LIST(X)                                                                                         \
  X(FILE_JSON, "json", "run.json", "application/json")                                                               \
  X(FILE_REPORT, "report", "report.html", "text/html; charset=utf-8")                                                \
  X(FILE_WORKBOOK, "workbook", "workbook.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet") \
  X(FILE_JOURNAL, "journal", "journal.journal", "text/plain; charset=utf-8")                                         \
  X(FILE_PROGRAMME, "programme", "programme.yaml", "application/yaml")

#define REQUEST_FILE_ENUM(code, kind, name, type) code,
typedef enum request_file { REQUEST_FILE_LIST(REQUEST_FILE_ENUM) REQUEST_FILES } request_file;
#undef REQUEST_FILE_ENUM
typedef struct request_file_row {
  const char *kind, *name, *type;
} request_file_row;
extern const request_file_row request_files[REQUEST_FILES];

// What is to be done, or (status 400 and above) why it is not.
typedef struct request_verdict {
  int           status;        // 200: do it
  const char   *error, *hint;  // of a refusal; hint may be NULL
  const char   *allow;         // of 405: the methods that there are; else NULL
  request_route route;
  const char   *asset;       // ROUTE_ASSET: name for report_asset
  uint64_t      run;         // ROUTE_EVENTS, ROUTE_CANCEL, ROUTE_FILE
  request_file  file;        // ROUTE_FILE
  size_t        body_bytes;  // announced; 0: none
} request_verdict;

// Judges everything but the body: Host, Origin, token, method, path, length and type of what follows.
request_verdict request_judge(const request_rules *rules, const request *r);

// Whether two texts are the same, in a time that depends on their lengths alone.
bool request_same_secret(const char *a, const char *b);

#endif
