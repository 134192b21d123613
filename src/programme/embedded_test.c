// Embedded files against the files they were made from. Runs at the root of the repository.
#include "embedded.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

START_TEST(names_ascend) {
  ck_assert_uint_gt(programme_embedded_count, 0);
  for (size_t i = 1; i < programme_embedded_count; i++)
    ck_assert_str_lt(programme_embedded_files[i - 1].name, programme_embedded_files[i].name);
  ck_assert_ptr_null(programme_embedded_files[programme_embedded_count].name);
}
END_TEST

START_TEST(bytes_are_those_on_disk) {
  for (size_t i = 0; i < programme_embedded_count; i++) {
    const programme_embedded *file = &programme_embedded_files[i];
    char path[512];
    ck_assert_int_lt(snprintf(path, sizeof path, "data/%s", file->name), (int)sizeof path);
    FILE *disk = fopen(path, "rb");
    ck_assert_msg(disk != NULL, "%s cannot be opened", path);
    char *want = malloc(file->bytes + 1);
    ck_assert_ptr_nonnull(want);
    size_t n = fread(want, 1, file->bytes + 1, disk);
    fclose(disk);
    ck_assert_msg(n == file->bytes && memcmp(want, file->at, n) == 0, "%s differs from %s", file->name, path);
    ck_assert_msg(file->at[file->bytes] == '\0', "%s does not end in NUL", file->name);
    free(want);
  }
}
END_TEST

START_TEST(no_readme_inside) {
  for (size_t i = 0; i < programme_embedded_count; i++)
    ck_assert_msg(strstr(programme_embedded_files[i].name, ".md") == NULL, "%s", programme_embedded_files[i].name);
}
END_TEST

TEST_LIST("embedded", names_ascend, bytes_are_those_on_disk, no_readme_inside)
