// The folder of --out: the one place that the server writes to, under names of its own.
#ifndef SERVER_FOLDER_H
#define SERVER_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

enum { FOLDER_NAME = 64, FOLDER_WHY = 300 };

// Writes a new file `name` ("report.html"), or where there is one already report-2.html, ... report-999.html. Never writes over
// a file and never follows a link. folder: an open descriptor. False: why[] says so, and nothing is left behind.
bool folder_write(int folder, const char *name, const char *at, size_t n, char written[FOLDER_NAME],
                  char why[FOLDER_WHY]);

#endif
