// The catalogue's models: every shape is whole and counts to the parameters that its row states.
#include <math.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/arena.h"
#include "train.h"

START_TEST(shapes_count_to_their_parameters) {
  arena          *a = arena_create();
  programme_model p = {0};
  int32_t         class_index = -1;
  ck_assert_int_eq(twin_train_catalogue("models", a, &p, &class_index), SG_OK);
  const int32_t n = (int32_t)p.rows[class_index].n;
  int32_t       shaped = 0;
  for (int32_t i = 0; i < n; i++) {
    const training_model *model = programme_row(&p, (size_t)class_index, i);
    const char           *name = programme_name(&p, (size_t)class_index, i);
    char                  why[200];
    training_params       counted;
    if (model->shape.layers == 0) continue;
    shaped++;
    ck_assert_msg(training_shape_check(&model->shape, why, sizeof why) == SG_OK, "%s: %s", name, why);
    training_count_params(&model->shape, &counted);
    // Names and tables round: 1.7 billion of Megatron is 1.65.
    ck_assert_msg(fabs(counted.total / model->params - 1) < 0.035, "%s: %.5g, stated %.5g", name, counted.total,
                  model->params);
    if (isnan(model->active_params)) continue;
    // OpenAI counts the embedding out of the active ones; it is a tenth of a small model's and more.
    const double active = strncmp(name, "gpt-oss", 7) == 0 ? counted.active - counted.embedding : counted.active;
    ck_assert_msg(fabs(active / model->active_params - 1) < 0.025, "%s: %.5g active", name, active);
  }
  ck_assert_int_ge(shaped, 30);
  arena_free(a);
}
END_TEST

TEST_LIST("catalogue models", shapes_count_to_their_parameters)
